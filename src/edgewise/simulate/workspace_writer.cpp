#include "edgewise/simulate/workspace_writer.hpp"

#include "edgewise/base/source.hpp"
#include "edgewise/judgment/import.hpp"
#include "edgewise/simulate/blueprint.hpp"
#include "edgewise/simulate/sample.hpp"
#include "edgewise/simulate/truth_file.hpp"

namespace edgewise::simulate {

void write_world(const WorldOptions& options, const std::filesystem::path& folder,
                 std::string_view compress, const Job& job) {
    const World world = make_world(options, job);
    judgment::write_workspace(world.table, folder, compress, job);
    write_truth(Blueprint(options), folder / "truth.json", job);
}

void write_sample(const std::filesystem::path& folder, std::uint64_t seed, const Job& job) {
    write_world(sample_options(seed), folder, "", job);
    AtomicFile readme(folder / "README.txt");
    readme.write(sample_readme());
    readme.commit();
}

}  // namespace edgewise::simulate
