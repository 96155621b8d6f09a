#pragma once

namespace edgewise::cli {

// The program: reads the arguments, runs the operation, writes the answer. Returns the exit status:
// 0; 2 for what the caller can mend; 70 for a bug of ours; 128 + signal when interrupted.
int run(int argc, const char* const* argv);

}  // namespace edgewise::cli
