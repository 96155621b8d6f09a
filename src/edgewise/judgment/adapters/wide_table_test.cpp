#include <string>

#include <doctest/doctest.h>

#include "edgewise/judgment/table_equal.hpp"
#include "import_files.hpp"

using namespace edgewise;
using namespace edgewise::judgment;
using namespace edgewise::test;

TEST_CASE("a wide table makes a dimension of every free column of numbers, and says so") {
    const TemporaryFolder folder;
    const Imported got =
        import_file(from(folder.write("a.csv",
                                      "prompt_id,model,annotator_id,overall,style,remark,topic\n"
                                      "1,m,ann,3,5,fine,x\n1,n,ann,4,,bad,x\n")));
    CHECK(got.report.format == "wide_table");
    CHECK(got.table.size() == 3);
    CHECK(got.table.dimensions()[1].name == "style");
    CHECK(got.table.options().ids[1] == "n");
    CHECK(noted(got, "every free column of numbers is taken as a dimension: overall, style"));
    CHECK(skipped(got, "without a value")->first == "a.csv:3");
    CHECK(attribute(got.table.cases().context, "topic", 0) == "x");
    CHECK(skipped(got, "columns remark") != nullptr);
}

TEST_CASE("value columns can be named and joined cases keep their parts") {
    const TemporaryFolder folder;
    ImportOptions options = from(folder.write(
        "a.csv", "set,ix,model,session,good,tone,len\nx,1,m,s,1,warm,9\nx,2,m,s,0,cold,9\n"));
    options.case_column = "set,ix";
    options.value_columns = {"good", "tone"};
    const Imported got = import_file(options);
    CHECK(got.table.cases().ids[1] == "x/2");
    CHECK(got.table.dimensions()[0].scale == Scale::binary);
    CHECK(got.table.dimensions()[1].kind == Kind::label);
    CHECK(got.table.size() == 4);
    REQUIRE(skipped(got, "columns len") != nullptr);
    CHECK(noted(got, "RATERS ARE SESSIONS"));
    options.value_columns = {"good", "tune"};
    CHECK(complaint(options).find("did you mean \"tone\"?") != std::string::npos);
    options.case_column = "set,nix";
    CHECK(complaint(options).find("\"tune\"") != std::string::npos);
}

TEST_CASE("a column that turns from numbers to texts is refused with the line") {
    const TemporaryFolder folder;
    ImportOptions options =
        from(folder.write("a.csv", "item,rater,a,b\n1,r,3,1\n2,r,4,1\n3,r,good,1\n"));
    options.value_columns = {"a", "b"};
    CHECK(complaint(options) ==
          "a.csv:4: field \"a\": expected a number for \"a\", as on line 2, found good; one "
          "dimension holds either numbers or texts");
}

TEST_CASE("the Cohere ratings have the counts that were taken independently") {
    const std::string path = shared("cohere_human_feedback/part1_granular.csv");
    if (path.empty()) return;
    ImportOptions options = from(path);
    options.case_column = "dataset,sample_ix";
    options.option_column = "model";
    options.value_columns = {"overall", "confidence", "style",  "detail",
                             "clarity", "creativity", "useful", "harmful"};
    options.negative = {"harmful"};
    options.scales = {"*=1..5", "harmful=0..1"};
    CHECK(complaint(options).find("expected a number from 1 to 5 on \"harmful\"") ==
          std::string::npos);  // the later declaration stands
    const Imported got = import_file(options, 2);
    CHECK(got.table.size() == 4440 * 8);
    CHECK(got.table.cases().ids.size() == 360);
    CHECK(got.table.options().ids.size() == 1260);
    CHECK(got.table.raters().ids.size() == 588);
    CHECK(got.table.dimensions()[7].polarity == Polarity::negative);
    std::size_t harmful = 0, top = 0;
    for (std::size_t i = 0; i < got.table.size(); ++i) {
        harmful += got.table.dimension()[i] == 7 && got.table.value()[i] == 1.0F ? 1U : 0U;
        top += got.table.dimension()[i] == 0 && got.table.value()[i] == 5.0F ? 1U : 0U;
    }
    CHECK(harmful == 71);
    CHECK(top == 1231);
}
