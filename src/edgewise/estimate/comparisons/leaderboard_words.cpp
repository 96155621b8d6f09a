#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "edgewise/base/words.hpp"
#include "edgewise/estimate/comparisons/leaderboard_study.hpp"

namespace edgewise::estimate::board {
namespace {

std::string percent(double share) { return fmt::format("{:.0f} %", 100.0 * share); }

std::string grouped(std::uint64_t n, std::string_view one) {
    return fmt::format("{} {}{}", grouped_digits(n), one, n == 1 ? "" : "s");
}

std::string places(std::uint64_t from, std::uint64_t to) {
    return from == to ? fmt::format("rank {}", from) : fmt::format("ranks {} to {}", from, to);
}

class Writer {
public:
    Writer(const BoardDimension& board, bool only, const LeaderboardOptions& options,
           std::vector<Finding>& out)
        : board_(board), options_(options), out_(out), lead_(only ? "" : board.name + ": ") {}

    void write() {
        if (board_.verdict == "nothing") {
            nothing();
            return;
        }
        best();
        neighbours();
        pieces();
        separated();
        unconverged();
        groups();
        machines();
        position();
        fit();
        errors();
        both_bad();
        small();
    }

private:
    void add(std::string_view verdict, const std::string& title, std::string text,
             std::string next = {}) {
        out_.push_back({std::string(verdict), lead_ + title, std::move(text), std::move(next)});
    }

    void nothing() {
        add("cannot_tell", "Nothing can be ranked", "Why: " + board_.why + ".",
            "Have the same contenders (models, systems, policies) compared in many cases, under "
            "names that stay the same.");
    }

    // Who may be first, in the largest piece.
    void best() {
        std::vector<std::string> may;
        double first = 0.0;
        for (const BoardRow& row : board_.rows) {
            if (row.component != 0 || !row.rank_low || *row.rank_low != 1) continue;
            may.push_back(row.name);
            if (may.size() == 1) first = row.p_best.value_or(0.0);
        }
        const std::string where = board_.components_total > 1 ? " of the largest piece" : "";
        if (may.empty()) return;
        const std::string rests =
            fmt::format("{} by {} in {}.", grouped(board_.comparisons, "comparison"),
                        grouped(board_.raters, "rater"), grouped(board_.cases, "case"));
        if (may.size() == 1) {
            add("shown", fmt::format("{} is first{}", may.front(), where),
                fmt::format("Its rank interval is 1 to 1, and it is first in {} of the draws. This "
                            "rests on {}",
                            percent(first), rests));
            return;
        }
        std::string text = fmt::format(
            "Any of {} contenders may be first: {}. On the figures alone it is {} (first in {} of "
            "the draws). This rests on {}",
            may.size(), listed(may, 8), may.front(), percent(first), rests);
        add("cannot_tell", fmt::format("Which contender is first{} cannot be told", where),
            std::move(text), board_.further && !board_.further->apart ? board_.further->words : "");
    }

    void neighbours() {
        std::uint64_t apart = 0;
        std::uint64_t pairs = 0;
        for (const BoardRow& row : board_.rows) {
            if (!row.apart_from_next) continue;
            ++pairs;
            apart += *row.apart_from_next ? 1U : 0U;
        }
        if (pairs == 0) return;
        std::vector<std::string> runs;
        for (const BoardRun& run : board_.runs) {
            if (run.component == 0) runs.push_back(places(run.from, run.to));
        }
        if (runs.empty()) {
            add("shown", "Every contender is told apart from the next",
                fmt::format("Each of {} steps down the order is beyond what chance gives.",
                            grouped_digits(pairs)));
            return;
        }
        std::string text = fmt::format(
            "{} of {} steps from one rank to the next are beyond chance; within {} no one can be "
            "told from the next. Of all {} pairs of contenders {} are surely apart.",
            grouped_digits(apart), grouped_digits(pairs), listed(runs, 8),
            grouped_digits(board_.pairs_total), grouped_digits(board_.pairs_apart));
        const bool none = apart == 0;
        std::string title = fmt::format("{} of {} neighbours in rank are told apart",
                                        grouped_digits(apart), grouped_digits(pairs));
        if (none) {
            title = board_.pairs_apart == 0 ? "No contender is surely above another"
                                            : "No contender can be told from the next in rank";
        }
        add(none ? "cannot_tell" : "shown", title, std::move(text),
            "Read ranks by their intervals; a difference inside a run is no reason to prefer.");
    }

    void pieces() {
        if (board_.components_total < 2) return;
        const BoardComponent& largest = board_.components.front();
        add("caution", "Contenders fall into pieces that never met",
            fmt::format("There are {} pieces; the largest has {} and {}. Ranks hold within a "
                        "piece, and nothing can be said across.",
                        grouped_digits(board_.components_total),
                        grouped(largest.contenders, "contender"),
                        grouped(largest.comparisons, "comparison")),
            "Collect comparisons between the pieces: a few contenders of each against a few of "
            "every other.");
    }

    void separated() {
        if (board_.separations.empty()) return;
        add("caution", "Some strengths have no finite value: the prior decides them",
            fmt::format("{} {}", board_.separations.front().words,
                        board_.model.prior_sd
                            ? fmt::format("A normal prior with standard deviation {:.3g} logits "
                                          "keeps them finite; their order is of the data, their "
                                          "distance of the prior.",
                                          *board_.model.prior_sd)
                            : ""),
            "Read their ranks, not their strengths; more comparisons with stronger or weaker "
            "contenders would mend it.");
    }

    void unconverged() {
        if (board_.model.converged) return;
        add("caution", "The fit did not converge",
            fmt::format("After {} iterations the gradient's norm is {:.2g}. {}",
                        board_.model.iterations, board_.model.gradient_norm, board_.model.note),
            "Set a prior (--prior-sd 2) and run again.");
    }

    void groups() {
        std::vector<std::string> quiet;
        for (const BoardGrouping& each : board_.groupings) {
            if (each.verdict == "shown") {
                add("shown", fmt::format("Ranks depend on {}", each.attribute), each.words,
                    each.of == "cases"
                        ? "Choose by context: the first of all may not be first in yours."
                        : "Report ranks by group; one order for all hides whom it suits.");
            } else if (each.why.empty()) {
                quiet.push_back(each.attribute);
            }
        }
        if (quiet.empty()) return;
        add("not_shown", fmt::format("Ranks are not seen to depend on {}", listed(quiet)),
            "Strengths of groups scatter no more than when labels are shuffled, or so little that "
            "it cannot be told.");
    }

    void machines() {
        for (const MachineBoard& machine : board_.machines) {
            if (!machine.why.empty()) continue;
            // Where people's own ranks are wide open, agreement shows little.
            const bool open = 2 * board_.pairs_apart < board_.pairs_total;
            const std::string figures = machine.words;
            if (machine.differing > 0) {
                add("shown",
                    fmt::format("{} ranks {} otherwise than people do", machine.rater,
                                grouped(machine.differing, "contender")),
                    figures, "Do not let it stand in for people on these contenders.");
            } else if (open) {
                add("cannot_tell",
                    fmt::format("Whether {} ranks as people do cannot be told", machine.rater),
                    figures + " With rank intervals so wide this shows little.");
            } else {
                add("not_shown",
                    fmt::format("{} is not seen to rank otherwise than people do", machine.rater),
                    figures);
            }
        }
    }

    void position() {
        if (board_.position.verdict != "shown") return;
        add("caution", "The place in which a contender is shown matters", board_.position.words,
            board_.position.corrected
                ? ""
                : "Show each pair in both orders, and use --position meanwhile.");
    }

    void fit() {
        if (board_.fit.verdict != "shown") return;
        add("caution", "One number a contender does not describe these comparisons",
            board_.fit.words, "Look at who beat whom, and rank by context or by group.");
    }

    void errors() {
        const auto used = std::ranges::find(board_.errors, true, &BoardErrors::used);
        if (used == board_.errors.end() || !used->ratio || *used->ratio < 1.2) return;
        add("caution", "Comparisons are not independent of each other",
            fmt::format("Errors that take {} as independent are {:.1f} times those that take every "
                        "comparison as independent; the larger ones are used. ",
                        used->independent, *used->ratio));
    }

    void both_bad() {
        if (!board_.both_bad_share || *board_.both_bad_share < 0.05) return;
        add("caution", "Often neither contender will do",
            fmt::format("In {} of the comparisons raters said that both were bad. A high rank "
                        "does not mean good.",
                        percent(*board_.both_bad_share)),
            "Ask for a rating or an accept/reject vote beside the comparison.");
    }

    void small() {
        std::vector<std::string> few;
        for (const BoardRow& row : board_.rows) {
            if (row.state == "insufficient" && row.rank) few.push_back(row.name);
        }
        if (few.empty()) return;
        add("caution", "Some contenders were compared too little",
            fmt::format("{} with fewer than {} comparisons: {}. They are ranked, with wide "
                        "intervals, and nothing is claimed of them.",
                        grouped(few.size(), "contender"), options_.least, listed(few)));
    }

    const BoardDimension& board_;
    const LeaderboardOptions& options_;
    std::vector<Finding>& out_;
    std::string lead_;
};

}  // namespace

std::string listed(std::span<const std::string> names, std::size_t most) {
    std::string out;
    const std::size_t shown = std::min(names.size(), most);
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
        out += names[i];
    }
    if (shown < names.size()) out += fmt::format(" and {} more", names.size() - shown);
    return out;
}

void add_runs(BoardDimension& board) {
    std::uint64_t place = 0;
    for (std::size_t k = 0; k < board.rows.size(); ++k) {
        if (!board.rows[k].rank) continue;
        place = k > 0 && board.rows[k - 1].component == board.rows[k].component ? place + 1 : 1;
        std::size_t end = k;
        while (board.rows[end].apart_from_next && !*board.rows[end].apart_from_next) ++end;
        if (end == k) continue;
        BoardRun run;
        run.component = board.rows[k].component;
        run.from = place;
        run.to = place + (end - k);
        for (std::size_t i = k; i <= end; ++i) run.names.push_back(board.rows[i].name);
        run.words = fmt::format(
            "{}{} {}: no one can be told from the next.",
            board.components_total > 1 ? fmt::format("Piece {}, ", run.component + 1) : "",
            board.components_total > 1 ? places(run.from, run.to)
                                       : "R" + places(run.from, run.to).substr(1),
            fmt::format("({})", listed(run.names, 4)));
        board.runs.push_back(std::move(run));
        place += end - k;
        k = end;
    }
}

std::vector<Finding> findings(const std::vector<BoardDimension>& boards,
                              const LeaderboardOptions& options) {
    std::vector<std::vector<Finding>> of;
    std::size_t longest = 0;
    for (const BoardDimension& board : boards) {
        Writer(board, boards.size() == 1, options, of.emplace_back()).write();
        longest = std::max(longest, of.back().size());
    }
    // The most important of each dimension before the second of any.
    std::vector<Finding> out;
    for (std::size_t k = 0; k < longest; ++k) {
        for (std::vector<Finding>& each : of) {
            if (k < each.size()) out.push_back(std::move(each[k]));
        }
    }
    return out;
}

}  // namespace edgewise::estimate::board
