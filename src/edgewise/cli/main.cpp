#include "edgewise/cli/run.hpp"

int main(int argc, char** argv) { return edgewise::cli::run(argc, argv); }
