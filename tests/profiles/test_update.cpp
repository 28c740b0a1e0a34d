#include <chrono>
#include <thread>

#include "base/file.hpp"
#include "profiles/knowledge.hpp"
#include "profiles/update.hpp"
#include "tests/base/server.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

const std::string header =
    "instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size,gpu_vendor\n";
const std::string good_row = "NVIDIA L4,EU-RO-1,0.43,12,50,1,L4,24,False,,nvidia\n";
const std::string azure_item =
    R"({"currencyCode":"USD","retailPrice":0.6,"unitOfMeasure":"1 Hour","armSkuName":"Standard_NC4as_T4_v3",)"
    R"("armRegionName":"westeurope","meterName":"NC4as T4 v3","productName":"NCasT4_v3 Linux","type":"Consumption"})";

std::string azure(const std::string& items, int count, const std::string& next = "null") {
  return R"({"BillingCurrency":"USD","Items":[)" + items + R"(],"NextPageLink":)" + next +
         ",\"Count\":" + std::to_string(count) + "}";
}

std::string reply(const std::string& body, std::size_t claimed = 0) {
  return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " +
         std::to_string(claimed == 0 ? body.size() : claimed) + "\r\n\r\n" + body;
}

// A folder with data of an earlier update, and what updating it from a source gives.
struct Place {
  TemporaryDirectory folder;

  Place() { update(write("runpod.csv", header + good_row)); }

  std::string write(const std::string& name, const std::string& text) {
    const auto path = folder.path() / "in" / name;
    write_file(path, text);
    return path.string();
  }
  std::filesystem::path data() const { return folder.path() / "data"; }
  std::string prices() const { return read_file(data() / "prices.yaml"); }
  Update update(const std::string& source, HttpRequest limits = {}) {
    make_directories(data());
    return update_data(source, DataPath(data(), embedded::data()), data(), {}, std::move(limits));
  }
  // The error, and that nothing was changed.
  std::string refused(const std::string& source, HttpRequest limits = {}) {
    const std::string before = prices();
    const std::string error = error_of([&] { update(source, std::move(limits)); });
    CHECK(prices() == before);
    CHECK(error.find("the data in use were not changed") != std::string::npos);
    return error;
  }
  const Offer offer(const std::string& id) {
    for (const Offer& each : load_knowledge(DataPath(data(), embedded::data())).offers) {
      if (each.id == id) return each;
    }
    return {};
  }
};

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a gpuhunt CSV becomes prices beside those built in") {
  Place place;
  CHECK(place.offer("runpod/NVIDIA-L4").hour->central == Approx(0.43));
  CHECK(place.offer("runpod/NVIDIA-L4").provenance.source == "gpuhunt catalogue of runpod");
  CHECK(place.offer("ec2/g6.xlarge").hour->central == Approx(0.805));

  const Update update =
      place.update(place.write("aws.csv", header + "g6.xlarge,us-east-1,0.8,4,16,1,L4,24,False,,nvidia\n" +
                                              "g6.xlarge,eu-west-3,0.95,4,16,1,L4,24,False,,nvidia\n" +
                                              "m7i.large,us-east-1,0.1,2,8,0,,,False,,\n"));
  CHECK(update.rows == 1);
  CHECK(update.skipped == 1);
  CHECK(place.offer("ec2/g6.xlarge").hour->central == Approx(0.8));      // replaced, the cheaper region
  CHECK(place.offer("runpod/NVIDIA-L4").hour->central == Approx(0.43));  // the other provider's stay
}

TEST_CASE("a wrong CSV is refused with its line, and the data stay") {
  Place place;
  const auto error = [&](const std::string& rows) { return place.refused(place.write("runpod.csv", header + rows)); };
  CHECK(holds(error(good_row + "x,y,0,1,1,1,L4,24,False,,nvidia\n"), "runpod.csv:3"));
  CHECK(holds(error("x,y,-1,1,1,1,L4,24,False,,nvidia\n"), "costs -1"));
  CHECK(holds(error("x,y,nan,1,1,1,L4,24,False,,nvidia\n"), "'price' is no number"));
  CHECK(holds(error("x,y,1,1,1,1,A100,81920,False,,nvidia\n"), "is that GB, not MiB?"));
  CHECK(holds(error("x,y,1,1,1,1,A100,0.08,False,,nvidia\n"), "has 0.08 GB"));
  CHECK(holds(error("x,y,1e300,1,1,1,L4,24,False,,nvidia\n"), "an hour"));
  CHECK(holds(error("x,y,1,1,1,1e300,L4,24,False,,nvidia\n"), "1 to 1024 GPUs"));
  CHECK(holds(error(good_row + "x,y,1,1"), "is it whole?"));
  CHECK(holds(error(good_row + "x,y,1,1\n"), "expected 11 fields"));
  CHECK(holds(error("\"x,y,1,1,1,1,L4,24,False,,nvidia\n"), "runpod.csv:2"));
  CHECK(holds(error(""), "no price"));
  CHECK(holds(place.refused(place.write("runpod.csv", "instance_name,price\nx,1\n")), "no column 'location'"));
}

TEST_CASE("an update takes the place of all that the provider had, built in or not") {
  Place place;
  CHECK_FALSE(place.offer("runpod/rtx-3090").hour);
  CHECK_FALSE(place.offer("runpod/h100").hour);
  const Update update =
      place.update(place.write("aws.csv", header + "g6.xlarge,us-east-1,0.8,4,16,1,L4,24,False,,nvidia\n" +
                                              "g4dn.xlarge,us-east-1,0.5,4,16,1,T4,16,False,,nvidia\n"));
  CHECK(update.gone == std::vector<std::string>{"A10G", "H100"});
  CHECK_FALSE(place.offer("runpod/rtx-3090").hour);  // a second update keeps the first
  CHECK_FALSE(place.offer("ec2/g5.xlarge").hour);
  CHECK(place.offer("eks/g6.xlarge").hour);
}

TEST_CASE("machines that cannot be, or that palier knows nothing of, reach no advice") {
  Place place;
  const auto error = [&](const std::string& rows) { return place.refused(place.write("runpod.csv", header + rows)); };
  CHECK(holds(error("x,y,0.002,1,1,1,H100,80,False,,nvidia\n"), "runpod.csv:2"));
  CHECK(holds(error("x,y,0.0000001,1,1,1,RTX2070,8,False,,nvidia\n"), "runpod.csv:2"));
  CHECK(holds(error("x,y,43,1,1,1,L4,24,False,,nvidia\n"), "what others ask"));
  CHECK(holds(error("x,y,1,1,1,1.5,L4,24,False,,nvidia\n"), "1 to 1024 GPUs"));
  CHECK(holds(error(good_row + "NVIDIA L4,EU-RO-1,0.44,12,50,1,L4,24,False,,nvidia\n"), "with another price"));
  const Update update = place.update(place.write(
      "runpod.csv", header + good_row + "x,y,1,1,1,8,V100,2,False,,nvidia\n" + "x,y,1,1,1,1,NOGPU,24,False,,nvidia\n"));
  CHECK(update.rows == 1);
  CHECK(update.skipped == 2);
}

TEST_CASE("an address is of the day that it says") {
  Place place;
  Server server([&](const std::string&) {
    const std::string body = header + good_row;
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  });
  CHECK(holds(place.refused(server.url("/runpod.csv")), "it is of 2024-01-01"));
}

TEST_CASE("a file cut between two lines has too few rows") {
  Place place;
  std::string many;
  for (int i = 0; i < 5; ++i) many += "m" + std::to_string(i) + ",EU-RO-1,0.43,12,50,1,L4,24,False,,nvidia\n";
  CHECK(place.update(place.write("runpod.csv", header + many)).rows == 5);
  CHECK(holds(place.refused(place.write("runpod.csv", header + good_row + good_row)),
              "it has 1 rows, and the data in use have 5"));
}

TEST_CASE("names from a file cannot become YAML") {
  Place place;
  const std::string row = "\"a: {b}, \"\"c\"\"\",\"x\ty\",0.5,1,1,1,\"T4\"\"}\",16,False,,nvidia\n";
  CHECK(holds(place.refused(place.write("evil.csv", header + row)), "platforms.yaml has no 'evil'"));
  place.update(place.write("runpod.csv", header + row));
  CHECK(place.offer("runpod/a---b----c-").hour->central == Approx(0.5));
}

TEST_CASE("Azure's answer becomes prices, page by page") {
  Place place;
  Server* self = nullptr;
  Server server([&](const std::string& request) {
    if (request.starts_with("GET /2")) return reply(azure(azure_item, 1));
    std::string first = azure_item;
    first.replace(first.find("NC4as_T4_v3"), 11, "NC64as_T4_v3");
    return reply(
        azure(first + R"(,{"armSkuName":"Standard_D2","type":"Consumption"})", 2, "\"" + self->url("/2") + "\""));
  });
  self = &server;
  const Update update = place.update(server.url("/1"));
  CHECK(update.rows == 2);
  CHECK(update.skipped == 1);
  CHECK(place.offer("azure-vm/NC4as_T4_v3").hour->central == Approx(0.6));
  CHECK(place.offer("azure-vm/NC64as_T4_v3").count == 4);
}

TEST_CASE("an answer of Azure that cannot be right is refused") {
  Place place;
  const auto error = [&](const std::string& text) { return place.refused(place.write("azure.json", text)); };
  const auto with = [](const std::string& from, const std::string& to) {
    std::string item = azure_item;
    item.replace(item.find(from), from.size(), to);
    return azure(item, 1);
  };
  CHECK(holds(error(azure(azure_item, 2)), "says it has 2 prices and has 1"));
  CHECK(holds(error(with("0.6", "0.0")), "costs 0"));
  CHECK(holds(error(with("0.6", "\"x\"")), "azure.json"));
  CHECK(holds(error(with("\"currencyCode\":\"USD\"", "\"currencyCode\":\"EUR\"")), "'EUR'"));
  CHECK(holds(error(with("1 Hour", "1/Month")), "'1/Month'"));
  CHECK(holds(error(azure(azure_item, 1).substr(0, 100)), "cannot read JSON"));
  CHECK(holds(error(azure(azure_item, 1, "\"http://elsewhere/\"")), "several pages"));
  CHECK(holds(error("{}"), "azure.json"));
  CHECK(holds(error("{\"Items\": 5}"), "azure.json"));
}

TEST_CASE("a server that lies, stalls or sends too much changes nothing") {
  Place place;
  const std::string csv = header + good_row;
  Server server([&](const std::string& request) -> std::string {
    if (request.starts_with("GET /short")) return reply(csv, csv.size() + 500);
    if (request.starts_with("GET /404")) return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    if (request.starts_with("GET /html")) return reply("<html><body>instance_name</body></html>");
    if (request.starts_with("GET /nothing")) return reply(" ");
    if (request.starts_with("GET /huge")) return reply(std::string(100000, 'x'));
    if (request.starts_with("GET /away")) return reply(azure(azure_item, 1, "\"http://127.0.0.1:1/\""));
    if (request.starts_with("GET /slow")) std::this_thread::sleep_for(std::chrono::milliseconds(400));
    return reply(csv);
  });
  HttpRequest limits;
  limits.timeout = std::chrono::milliseconds(150);
  limits.size_limit = 10000;
  CHECK(holds(place.refused(server.url("/short/runpod.csv"), limits), "cannot fetch"));
  CHECK(holds(place.refused(server.url("/404/runpod.csv"), limits), "status 404"));
  CHECK(holds(place.refused(server.url("/html/runpod.csv"), limits), "reason"));
  CHECK(holds(place.refused(server.url("/nothing"), limits), "it is empty"));
  CHECK(holds(place.refused(server.url("/huge"), limits), "larger than"));
  CHECK(holds(place.refused(server.url("/away"), limits), "another host"));
  CHECK(holds(place.refused("http://127.0.0.1:1/runpod.csv", limits), "cannot fetch"));
  CHECK(holds(place.refused(server.url("/slow/runpod.csv"), limits), "cannot fetch"));
  CHECK(place.update(server.url("/good/runpod.csv")).rows == 1);
  std::filesystem::remove(place.data() / "prices.yaml");  // against the rows built in, a download of one is cut
  CHECK(holds(error_of([&] { place.update(server.url("/good/runpod.csv")); }), "GPUs are no longer there"));
}

TEST_CASE("data of palier's own must be whole, and no older than what is in use") {
  Place place;
  const std::string row = "grids:\n  FR: {name: France, intensity: 30 g/kWh, year: 2025, source: s}\n";
  const auto file = [&](const std::string& updated, const std::string& rows, const std::string& body) {
    return place.write("carbon.yaml", "schema: palier.carbon/1\nupdated: " + updated + "\nextends: built-in\n" + rows +
                                          "sources: {s: {text: t, date: 2026-01-01, confidence: confirmed}}\n" + body);
  };
  CHECK(place.update(file("2026-11-20", "rows: 1\n", row)).name == "carbon.yaml");
  CHECK(load_knowledge(DataPath(place.data(), embedded::data())).carbon.grid("FR").intensity.central == Approx(30));
  CHECK(holds(place.refused(file("2026-11-20", "", row)), "'rows' is missing"));
  CHECK(holds(place.refused(file("2026-11-20", "rows: 2\n", row)), "has 2 rows and has 1"));
  CHECK(holds(place.refused(file("2025-01-01", "rows: 1\n", row)), "the data in use are of 2026-11-20"));
  CHECK(holds(place.refused(file("2999-01-01", "rows: 1\n", row)), "in the future"));
  const std::string zero = "grids:\n  FR: {name: France, intensity: 0 g/kWh, year: 2025, source: s}\n";
  CHECK(holds(place.refused(file("2026-11-20", "rows: 1\n", zero)), "in/carbon.yaml:7:33"));
  CHECK(holds(place.refused(place.write("x.yaml", "schema: palier.tree/1\n")), "no schema of a data file"));
  CHECK(load_knowledge(DataPath(place.data(), embedded::data())).carbon.grid("FR").intensity.central == Approx(30));
}

TEST_CASE("a file that somebody wrote by hand is not overwritten") {
  Place place;
  write_file(place.data() / "prices.yaml", "# mine\n");
  CHECK(holds(place.refused(place.write("runpod.csv", header + good_row)), "written by hand"));
  const std::string own = "schema: palier.prices/1\nupdated: " + today() +
                          "\nextends: built-in\nrows: 1\n"
                          "sources: {s: {text: t, date: 2026-01-01, confidence: confirmed}}\n"
                          "offers:\n  ec2/x: {platform: ec2, gpu: L4, memory: 24GiB, price: 0.6 USD/h, source: s}\n";
  write_file(place.data() / "prices.yaml", own);
  CHECK(holds(place.refused(place.write("prices.yaml", own)), "written by hand"));
  std::filesystem::remove(place.data() / "prices.yaml");
  place.update(place.write("prices.yaml", own));
  CHECK(place.update(place.write("prices.yaml", own)).rows == 1);  // palier's own it may replace
  std::string whole = own;
  whole.erase(whole.find("extends"), 18);
  CHECK(holds(place.refused(place.write("prices.yaml", whole)), "it has 1 rows, and the built-in file has 38"));
}

TEST_CASE("prices have the day that the user gives, where the source says none of its own") {
  Place place;
  const std::string file = place.write("runpod.csv", header + good_row);
  const DataPath data(place.data(), embedded::data());
  const Update update = update_data(file, data, place.data(), today());
  CHECK(update.day == today());
  CHECK(update.from == DayFrom::user);
  for (const char* wrong : {"2026-13-01", "yesterday", "2999-01-01"}) {
    CHECK(holds(error_of([&] { update_data(file, data, place.data(), wrong); }), wrong));
  }
  // Older data do not replace newer, whoever says how old they are.
  CHECK(holds(error_of([&] { update_data(file, data, place.data(), "2024-05-01"); }), "it is of 2024-05-01"));
  const std::string own = place.write("own.yaml", read_file(place.data() / "prices.yaml"));
  CHECK(holds(error_of([&] { update_data(own, data, place.data(), today()); }), "it says its own day"));
}
