#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "edgewise/base/json.hpp"
#include "edgewise/service/ops/fit.hpp"
#include "edgewise/service/ops/groups.hpp"
#include "edgewise/service/ops/leaderboard.hpp"
#include "edgewise/service/ops/ops.hpp"
#include "edgewise/service/ops/raters.hpp"

namespace edgewise::cli {

// An operation's response as text for a terminal: UTF-8, no line over 80 columns.
std::string render(std::string_view operation, const Json& response, bool colour);

// An ordinary audit takes at most this many lines; what does not fit is folded, and says so.
inline constexpr std::size_t kMostLines = 70;

std::string render_audit(const service::Audit::Response& response, bool colour);
std::string render_fit(const service::Fit::Response& response, bool colour);
std::string render_groups(const service::Groups::Response& response, bool colour);
std::string render_import(const service::Import::Response& response, bool colour);
std::string render_leaderboard(const service::Leaderboard::Response& response, bool colour);
std::string render_raters(const service::Raters::Response& response, bool colour);
std::string render_show(const service::Show::Response& response, bool colour);
std::string render_simulate(const service::Simulate::Response& response, bool colour);
std::string render_demo(const service::Demo::Response& response, bool colour);

}  // namespace edgewise::cli
