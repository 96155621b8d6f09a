#pragma once

#include <filesystem>
#include <string>

#include "edgewise/judgment/import.hpp"

// The public formats. (The namespace is not called adapters because edgewise::judgment has a
// function of that name.) Each recognise_ and read_ pair makes one line of the registry in
// import.cpp and has the contract of Adapter's members.
namespace edgewise::judgment::formats {

double recognise_chosen_rejected(const std::filesystem::path& path, std::string& why);
Imported read_chosen_rejected(const ImportOptions& options, const Job& job);

double recognise_community_notes(const std::filesystem::path& path, std::string& why);
Imported read_community_notes(const ImportOptions& options, const Job& job);

double recognise_helpsteer(const std::filesystem::path& path, std::string& why);
Imported read_helpsteer(const ImportOptions& options, const Job& job);

double recognise_lewidi(const std::filesystem::path& path, std::string& why);
Imported read_lewidi(const ImportOptions& options, const Job& job);

double recognise_llmfao(const std::filesystem::path& path, std::string& why);
Imported read_llmfao(const ImportOptions& options, const Job& job);

double recognise_long_table(const std::filesystem::path& path, std::string& why);
Imported read_long_table(const ImportOptions& options, const Job& job);

double recognise_mt_bench(const std::filesystem::path& path, std::string& why);
Imported read_mt_bench(const ImportOptions& options, const Job& job);

double recognise_multipref(const std::filesystem::path& path, std::string& why);
Imported read_multipref(const ImportOptions& options, const Job& job);

double recognise_pairwise_table(const std::filesystem::path& path, std::string& why);
Imported read_pairwise_table(const ImportOptions& options, const Job& job);

double recognise_polis_export(const std::filesystem::path& path, std::string& why);
Imported read_polis_export(const ImportOptions& options, const Job& job);

double recognise_preflib(const std::filesystem::path& path, std::string& why);
Imported read_preflib(const ImportOptions& options, const Job& job);

double recognise_prism(const std::filesystem::path& path, std::string& why);
Imported read_prism(const ImportOptions& options, const Job& job);

double recognise_ultrafeedback(const std::filesystem::path& path, std::string& why);
Imported read_ultrafeedback(const ImportOptions& options, const Job& job);

double recognise_wide_table(const std::filesystem::path& path, std::string& why);
Imported read_wide_table(const ImportOptions& options, const Job& job);

}  // namespace edgewise::judgment::formats
