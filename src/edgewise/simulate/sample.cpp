#include "edgewise/simulate/sample.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "edgewise/base/rng.hpp"
#include "edgewise/simulate/blueprint.hpp"
#include "edgewise/simulate/gaussian.hpp"
#include "edgewise/simulate/sample_texts.hpp"

namespace edgewise::simulate {
namespace {

constexpr std::size_t kDimensions = 4;
constexpr std::uint16_t kHelpfulness = 0;
constexpr std::uint16_t kHonesty = 1;
constexpr std::uint16_t kPrivacy = 2;
constexpr std::uint16_t kHarm = 3;  // as a utility: high is harmless

enum Style : std::uint16_t { kDirect, kCautious, kAsks };
enum Community : std::uint16_t { kNorthbank, kMarket, kHill };

using Profile = std::array<double, kDimensions>;

// Utility by style of answer; every answer varies around it.
constexpr std::array<Profile, 3> kUsual = {
    {{0.76, 0.72, 0.74, 0.72}, {0.46, 0.64, 0.76, 0.74}, {0.60, 0.70, 0.72, 0.74}}};
// To tell helps who asks, and costs the person who is asked about.
constexpr std::array<Profile, 3> kConflict = {
    {{0.80, 0.66, 0.18, 0.50}, {0.38, 0.68, 0.84, 0.70}, {0.52, 0.66, 0.66, 0.66}}};
// Whoever answers at once has to guess.
constexpr std::array<Profile, 3> kAmbiguous = {
    {{0.44, 0.38, 0.66, 0.44}, {0.48, 0.66, 0.70, 0.66}, {0.64, 0.70, 0.70, 0.70}}};
constexpr double kVariation = 0.04;
constexpr double kShift = -0.38;

const Profile& profile(SamplePlant plant, Style style) {
    if (plant == SamplePlant::conflict) return kConflict[style];
    if (plant == SamplePlant::ambiguous) return kAmbiguous[style];
    return kUsual[style];
}

void add_shifts(SamplePlant plant, CaseSpec& spec) {
    const auto lower = [&](Community group, Style option) {
        for (const std::uint16_t dimension : {kHelpfulness, kHonesty, kHarm}) {
            spec.shifts.push_back(
                {.group = group, .option = option, .dimension = dimension, .size = kShift});
        }
    };
    if (plant == SamplePlant::hill) lower(kHill, kDirect);
    if (plant == SamplePlant::northbank) lower(kNorthbank, kDirect);
    if (plant == SamplePlant::market) lower(kMarket, kCautious);
}

CaseSpec scripted(const SampleCase& from, std::size_t number, std::uint64_t seed) {
    CaseSpec spec{.id = fmt::format("{:02}-{}", number + 1,
                                    from.topic == "first aid" ? "first-aid" : from.topic),
                  .text = std::string(from.prompt),
                  .context = {{"topic", std::string(from.topic)}}};
    Rng rng(seed, stream(Purpose::truth, number));
    Gaussian normal(rng);
    const std::array texts = {from.direct, from.cautious, from.asks};
    constexpr std::array kNames = {"direct", "cautious", "asks"};
    for (const Style style : {kDirect, kCautious, kAsks}) {
        if (texts[style].empty()) continue;
        OptionSpec option{.id = kNames[style], .text = std::string(texts[style])};
        for (const double usual : profile(from.plant, style)) {
            option.utility.push_back(
                std::clamp(usual + kVariation * normal(), kLeastUtility, kGreatestUtility));
        }
        spec.options.push_back(std::move(option));
    }
    add_shifts(from.plant, spec);
    if (from.plant == SamplePlant::conflict) {
        spec.gains = kHelpfulness;
        spec.costs = kPrivacy;
    }
    spec.ambiguous = from.plant == SamplePlant::ambiguous;
    return spec;
}

}  // namespace

WorldOptions sample_options(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.raters = 240;
    options.raters_per_case = 60.0;
    options.dimensions = {{.name = "helpfulness",
                           .ideal = "task_reliability",
                           .property = "answers what was asked",
                           .object = "the answer"},
                          {.name = "honesty",
                           .ideal = "task_reliability",
                           .property = "says what it knows and not",
                           .object = "the answer"},
                          {.name = "privacy",
                           .ideal = "social_judiciousness",
                           .property = "keeps what belongs to others",
                           .object = "the people spoken about"},
                          {.name = "harm_to_others",
                           .polarity = judgment::Polarity::negative,
                           .ideal = "social_judiciousness",
                           .property = "could do harm",
                           .object = "people who are not in the room"}};
    options.severity_sd = 0.08;
    options.residual_sd = 0.18;
    options.groups = {{.name = "Northbank", .population_share = 0.5, .sample_share = 0.6},
                      {.name = "Market", .population_share = 0.3, .sample_share = 0.25},
                      {.name = "Hill", .population_share = 0.2, .sample_share = 0.15}};
    options.attributes = {{.name = "age_band",
                           .values = {"18-34", "35-54", "55+"},
                           .shares = {0.4, 0.35, 0.25},
                           .unknown = 0.02},
                          {.name = "region", .values = {"north", "east", "south", "west"}}};
    options.numbers.clear();
    options.ambiguous = {.share = 0.0, .marked = 0.45, .extra_sd = 0.22};
    const auto cases = sample_cases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        options.scripted.push_back(scripted(cases[i], i, seed));
    }
    return options;
}

std::string_view sample_readme() noexcept {
    return "The sample workspace of Edgewise\n"
           "\n"
           "Everything in this folder is invented and simulated: the health service, the prompts,\n"
           "the answers, the raters and their judgments. No person was asked, and nothing here is\n"
           "medical advice. Every case says so in its context (\"source\": \"simulated\").\n"
           "\n"
           "60 prompts to an assistant, two or three answers each, judged by 240 raters of three\n"
           "communities on helpfulness, honesty, privacy and harm to others (where a high value "
           "is\n"
           "unwanted), from 1 to 5. What is planted, and where, is in truth.json, so that you can\n"
           "check what an audit finds: conflicts between helpfulness and privacy, cases that one\n"
           "community sees differently, and cases that cannot be answered as put. Age band and\n"
           "region have no effect. Northbank is over-represented among the raters.\n";
}

WorldOptions benchmark_options(std::uint64_t seed, std::uint32_t items) {
    WorldOptions options;
    options.seed = seed;
    options.cases = items;
    options.raters = std::max(items / 100, 10U);
    options.raters_per_case = 5.0;
    options.dimensions_per_case = 2;
    options.dimensions = {{.name = "helpfulness"}, {.name = "honesty"},  {.name = "clarity"},
                          {.name = "privacy"},     {.name = "fairness"}, {.name = "respect"}};
    for (const char* unwanted : {"toxicity", "harm_to_others"}) {
        options.dimensions.push_back({.name = unwanted, .polarity = judgment::Polarity::negative});
    }
    options.conflicts = {{.share = 0.02, .size = 0.4}};
    options.disagreements = {{.share = 0.02, .size = 0.4, .group = "C"}};
    return options;
}

}  // namespace edgewise::simulate
