#include <functional>

#include "base/file.hpp"
#include "base/text.hpp"
#include "profiles/catalogue.hpp"
#include "profiles/knowledge.hpp"
#include "profiles/lists.hpp"
#include "profiles/power.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string prices(const std::string& row, const std::string& head = "") {
  return "schema: palier.prices/1\nupdated: 2026-11-20\n" + head +
         "sources:\n  s: {text: a shop, date: 2026-01-02, confidence: reported}\noffers:\n  a/b: " + row + "\n";
}

std::string error_in_price(const std::string& row, const std::string& head = "") {
  return error_of([&] { read_offers(Sheet::parse(prices(row, head), "p.yaml", price_format())); });
}

Knowledge built_in() { return load_knowledge(DataPath(std::nullopt, embedded::data())); }

}  // namespace

TEST_CASE("a right price row is read") {
  const Sheet sheet = Sheet::parse(prices("{platform: a, gpu: T4, memory: 16GiB, price: 0.5..0.6 USD/h, source: s}"),
                                   "p.yaml", price_format());
  const Offer offer = read_offers(sheet).at(0);
  CHECK(offer.hour->central == Approx(0.55));
  CHECK(offer.memory == Approx(16.0 * GiB));
  CHECK(offer.count == 1);
  CHECK(offer.provenance.date == "2026-01-02");
  CHECK(offer.provenance.confidence == Confidence::reported);
}

TEST_CASE("a wrong price row is refused with its place") {
  struct Case {
    const char* row;
    const char* reason;
    const char* place;
  };
  const std::string good = "platform: a, gpu: T4, memory: 16GiB, source: s";
  for (const Case& each : std::initializer_list<Case>{
           {"{platform: a, gpu: T4, memory: 16GiB, price: 0 USD/h, source: s}", "cannot be right", ":6:53"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: -1 USD/h, source: s}", "expected a number", ":6:53"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 0.5 EUR/h, source: s}", "expected a number in USD/h",
            ":6:53"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 0.5, source: s}", "expected a number in USD/h", ":6:53"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 360 USD/month, source: s}", "USD/h", ":6:53"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 9e9 USD/h, source: s}", "USD/h", ":6:53"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 99999 USD/h, source: s}", "cannot be right", ":6:53"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 3..2 USD/h, source: s}", "does not rise", ":6:53"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 1..2..3..4 USD/h, source: s}", "no range", ":6:53"},
           {"{platform: a, gpu: A100, memory: 80MiB, price: 1 USD/h, source: s}", "'80MiB' cannot be right", ":6:41"},
           {"{platform: a, gpu: A100, memory: 80, price: 1 USD/h, source: s}", "cannot be right", ":6:41"},
           {"{platform: a, gpu: T4, count: 0, memory: 16GiB, price: 1 USD/h, source: s}", "1 to 1024", ":6:38"},
           {"{platform: a, gpu: T4, memory: 16GiB, source: s}", "needs one of", ":6:"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 1 USD/h, monthly: 5 USD/month, source: s}", "needs one of",
            ":6:"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 1 USD/h, source: x}", "no source 'x'", ":6:"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 1 USD/h}", "'source' is missing", ":6:"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 1 USD/h, source: s, date: 2026-11-21}", "later than", ":6:"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 1 USD/h, source: s, date: 2026-02-30}", "no day", ":6:"},
           {"{platform: a, gpu: T4, memory: 16GiB, price: 1 USD/h, source: s, confidence: sure}", "no confidence",
            ":6:"},
           {"{platform: a, gpu: T4, memory: 16GiB, prise: 1 USD/h, source: s}", "unknown key 'prise'", ":6:"},
           {"{platform: a, platform: b, memory: 16GiB, price: 1 USD/h, source: s}", "there twice", ":6:"}}) {
    const std::string error = error_in_price(each.row);
    INFO(each.row << "\n" << error);
    CHECK(holds(error, each.reason));
    CHECK(holds(error, std::string("p.yaml") + each.place));
  }
  CHECK(error_in_price("{" + good + ", price: 1 USD/h}", "rows: 1\n") == "no error");
  CHECK(holds(error_in_price("{" + good + ", price: 1 USD/h}", "rows: 2\n"), "has 2 rows and has 1"));
  CHECK(holds(error_in_price("{" + good + ", price: 1 USD/h}\n  a/b: {}"), "there twice"));
}

TEST_CASE("a file from the future is refused") {
  std::string text = prices("{platform: a, memory: 16GiB, price: 1 USD/h, source: s}");
  text.replace(text.find("2026-11-20"), 10, "2999-01-01");
  const std::string error = error_of([&] { Sheet::parse(text, "p.yaml", price_format()); });
  CHECK(holds(error, "in the future"));
  CHECK(holds(error, "p.yaml:2:10"));
}

TEST_CASE("text cut short anywhere is refused or says less, and never crashes") {
  const DataPath data(std::nullopt, embedded::data());
  for (const Sheet::Format* format : {&price_format(), &gpu_format(), &carbon_format()}) {
    const std::string text = data.find(std::string(format->file)).text;
    for (std::size_t size = 0; size < text.size() - 1; size += 97) {
      CHECK(error_of([&] { Sheet::parse(text.substr(0, size), "cut.yaml", *format); }) != "no error");
    }
  }
}

TEST_CASE("a user's row replaces one, the others stay") {
  const TemporaryDirectory folder;
  write_file(folder.path() / "prices.yaml",
             "schema: palier.prices/1\nupdated: 2026-11-20\nextends: built-in\n"
             "sources: {me: {text: my invoice, date: 2026-11-01, confidence: confirmed}}\n"
             "offers: {ec2/g6.xlarge: {platform: ec2, gpu: L4, memory: 24GiB, price: 0.5 USD/h, source: me}}\n");
  const std::vector<Offer> before = built_in().offers;
  const std::vector<Offer> after = load_knowledge(DataPath(folder.path(), embedded::data())).offers;
  CHECK(after.size() == before.size());
  const auto changed = std::find_if(after.begin(), after.end(), [](const Offer& o) { return o.id == "ec2/g6.xlarge"; });
  REQUIRE(changed != after.end());
  CHECK(changed->hour->central == Approx(0.5));
  CHECK(changed->provenance.source == "my invoice");
}

TEST_CASE("what is built in holds together") {
  const Knowledge known = built_in();
  const Tree tree = built_in_tree();
  for (const Workplace& platform : known.platforms) {
    INFO(platform.id);
    CHECK_FALSE(platform.leaves.empty());
    for (const std::string& leaf : platform.leaves) CHECK(tree.leaf(leaf) != nullptr);
  }
  for (const Offer& offer : known.offers) {
    INFO(offer.id);
    CHECK(find_platform(known.platforms, offer.platform) != nullptr);
    if (!offer.gpu.empty()) CHECK(find_gpu(known.gpus, offer.gpu, offer.memory) != nullptr);
  }
  for (const char* id : {"colab", "kaggle", "studio-lab", "aws-trial", "azure-trial", "google-trial", "digitalocean",
                         "vultr", "linode", "sagemaker", "vertex-ai", "azure-ml", "paperspace", "databricks",
                         "snowflake", "emr", "onsite", "pc", "jetson"}) {
    INFO(id);
    CHECK(find_platform(known.platforms, id) != nullptr);
  }
  CHECK(known.carbon.grid("fr").intensity.central == Approx(56));
  CHECK(known.carbon.grid("").id == "WORLD");
  CHECK(holds(error_of([&] { known.carbon.grid("XX"); }), "unknown region 'XX'"));
}

TEST_CASE("a GPU's name leads to its row by memory") {
  const std::vector<GpuModel> models = built_in().gpus;
  const auto id = [&](const char* name, double gib) {
    const GpuModel* found = find_gpu(models, name, gib * static_cast<double>(GiB));
    return found == nullptr ? std::string("none") : found->id;
  };
  CHECK(id("NVIDIA GeForce RTX 3060", 12) == "rtx-3060-12gb");
  CHECK(id("NVIDIA GeForce RTX 3060", 8) == "rtx-3060-8gb");
  CHECK(id("NVIDIA GeForce RTX 3060 Ti", 8) == "rtx-3060-ti-8gb");
  CHECK(id("NVIDIA GeForce RTX 3060 Laptop GPU", 6) == "rtx-3060-laptop-6gb");
  CHECK(id("RTX4090", 24) == "rtx-4090-24gb");
  CHECK(id("Tesla T4", 15) == "t4-16gb");
  CHECK(id("NVIDIA L4", 22.5) == "l4-24gb");
  CHECK(id("NVIDIA L40S", 45) == "l40s-48gb");
  CHECK(id("NVIDIA A100-SXM4-80GB", 80) == "a100-80gb");
  CHECK(id("NVIDIA A100-PCIE-40GB", 40) == "a100-pcie-40gb");
  CHECK(id("NVIDIA A100 80GB PCIe", 80) == "a100-pcie-80gb");
  CHECK(id("NVIDIA A10G", 22.5) == "a10g-24gb");
  CHECK(id("Tesla P100-PCIE-16GB", 16) == "p100-16gb");
  CHECK(id("NVIDIA H100 80GB HBM3", 80) == "h100-80gb");
  CHECK(id("NVIDIA H100 PCIe", 80) == "h100-pcie-80gb");
  CHECK(id("NVIDIA H100 NVL", 93.6) == "h100-nvl-94gb");
  CHECK(id("H100NVL", 94) == "h100-nvl-94gb");
  CHECK(id("NVIDIA H200 NVL", 140) == "h200-nvl-141gb");
  CHECK(id("Tesla V100-SXM2-16GB", 16) == "v100-16gb");
  CHECK(id("Tesla V100-PCIE-32GB", 32) == "v100-pcie-32gb");
  CHECK(id("NVIDIA A10", 22.5) == "a10-24gb");
  CHECK(id("NVIDIA RTX 6000 Ada Generation", 48) == "rtx-6000-ada-48gb");
  CHECK(id("Quadro RTX 6000", 24) == "quadro-rtx-6000-24gb");
  CHECK(id("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", 95.6) == "rtx-pro-6000-96gb");
  CHECK(id("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", 95.6) == "rtx-pro-6000-max-q-96gb");
  CHECK(id("NVIDIA GeForce RTX 4070 Ti SUPER", 16) == "rtx-4070-ti-super-16gb");
  CHECK(id("NVIDIA GB10", 119.7) == "gb10-128gb");
  CHECK(id("AMD Radeon RX 7900 XT", 20) == "rx-7900-xt-20gb");
  CHECK(id("Radeon RX 7900 XTX", 24) == "rx-7900-xtx-24gb");
  CHECK(id("Radeon RX 9070 GRE", 12) == "none");
  CHECK(id("Intel(R) Arc(TM) B580 Graphics", 11.9) == "arc-b580-12gb");
  CHECK(id("Arc A770", 8) == "arc-a770-8gb");
  CHECK(id("Unheard of", 16) == "none");
  CHECK(id("NVIDIA GeForce RTX 3060", 48) == "none");
}

TEST_CASE("a Jetson is the module that its name and memory say") {
  const std::vector<JetsonModule> modules = built_in().jetsons;
  const auto id = [&](const char* model, double gib) {
    Machine machine = with_memory(gib);
    machine.platform.kind = "jetson";
    machine.platform.model = model;
    const JetsonModule* found = jetson_of(machine, modules);
    return found == nullptr ? std::string("none") : found->id;
  };
  CHECK(id("NVIDIA Jetson Orin Nano Developer Kit", 7.4) == "orin-nano-8gb");
  CHECK(id("NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super", 7.4) == "orin-nano-super-8gb");
  CHECK(id("NVIDIA Jetson Orin NX Engineering Reference Developer Kit", 7.1) == "orin-nx-8gb");
  CHECK(id("NVIDIA Jetson Orin NX Engineering Reference Developer Kit", 15.3) == "orin-nx-16gb");
  CHECK(id("NVIDIA Jetson AGX Thor Developer Kit", 122) == "agx-thor-128gb");
  CHECK(id("NVIDIA Jetson Nano Developer Kit", 3.9) == "nano-4gb");
  CHECK(id("NVIDIA Jetson Unheard Of", 8) == "none");
}

TEST_CASE("the five lists and the checklist can be asked for by name") {
  const auto lists = read_lists(Sheet::load(DataPath(std::nullopt, embedded::data()), list_format()));
  const std::vector<std::string> names = {"minimum-cost", "local",    "progressive-cloud", "product-company",
                                          "enterprise",   "hardware", "install",           "synthesis"};
  for (const std::string& name : names) {
    const ShortList& list = find_list(lists, name);
    CHECK(render(list, Lang::fr, {}) != render(list, Lang::en, {}));
    CHECK(built_in_tree().leaf(list.leaf) != nullptr);
  }
  CHECK(holds(error_of([&] { find_list(lists, "locla"); }), "did you mean 'local'?"));
}

TEST_CASE("a row that names nothing is refused with its place") {
  struct Case {
    const char* file;
    const char* schema;
    const char* row;
    const char* reason;
  };
  for (const Case& each : std::initializer_list<Case>{
           {"prices.yaml", "prices", "offers: {x/y: {platform: nosuch, memory: 8GiB, monthly: 9 USD/month, source: s}}",
            "platforms.yaml has no 'nosuch'"},
           {"prices.yaml", "prices",
            "offers: {x/y: {platform: ec2, gpu: NOGPU, memory: 8GiB, price: 1 USD/h, source: s}}",
            "gpus.yaml has no 'NOGPU' of 8 GiB"},
           {"prices.yaml", "prices",
            "offers: {x/y: {platform: ec2, gpu: A100, memory: 24GiB, price: 1 USD/h, source: s}}",
            "gpus.yaml has no 'A100' of 24 GiB"},
           {"platforms.yaml", "platforms",
            "platforms: {x: {name: X, kind: rent, leaves: [local], operator: amazon, guaranteed: true, persistent: "
            "true, regions: all, source: s}}",
            "carbon.yaml has no 'amazon'"},
           {"platforms.yaml", "platforms",
            "platforms: {x: {name: X, kind: rent, leaves: [lokal], guaranteed: true, persistent: true, regions: all, "
            "source: s}}",
            "'x' is for the leaf 'lokal'"},
           {"carbon.yaml", "carbon", "providers: {x: {name: X, pue: 1.1..1.2, regions: [XX], source: s}}",
            "grids has no 'XX'"},
           {"lists.yaml", "lists", "lists: {x: {title: X, leaf: lokal, items: [{role: r, use: u}], source: s}}",
            "'x' is for the leaf 'lokal'"}}) {
    INFO(each.row);
    const TemporaryDirectory folder;
    write_file(folder.path() / each.file, std::string("schema: palier.") + each.schema +
                                              "/1\nupdated: 2026-11-20\nextends: built-in\n"
                                              "sources: {s: {text: t, date: 2026-01-01, confidence: confirmed}}\n" +
                                              each.row + "\n");
    const auto set = std::ranges::find(data_sets(), std::string_view(each.file), &DataSet::name);
    const std::string error = error_of([&] { set->check(DataPath(folder.path(), embedded::data())); });
    CHECK(holds(error, each.reason));
    CHECK(holds(error, each.file));
  }
}
