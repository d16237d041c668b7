#include "tests/unit/runtime/world.h"

#include <functional>

namespace understudy::test {
namespace {

Error error_of(const HttpAnswer& answer) {
    const auto* response = std::get_if<HttpResponse>(&answer);
    if (response == nullptr) return transient(std::get<TransportFailure>(answer).message);
    if (response->status == 403) return rejected("the token was refused");
    if (response->status != 429) return transient("HTTP " + std::to_string(response->status));
    Error throttled;
    throttled.code = Errc::Throttled;
    throttled.message = "too many calls";
    throttled.retry_after = retry_after(*response, kWallStart);
    return throttled;
}

const HttpAnswer& http(const StepAnswer& answer) {
    return std::get<HttpAnswer>(answer);
}

int status_of(const HttpAnswer& answer) {
    const auto* response = std::get_if<HttpResponse>(&answer);
    return response != nullptr ? response->status : 0;
}

template <typename T>
class OneRequest final : public Operation<T> {
  public:
    using Finish = std::function<Result<T>(const HttpAnswer&)>;
    OneRequest(std::string url, Finish finish) : url_(std::move(url)), finish_(std::move(finish)) {}
    Step start(WallTime now) override {
        HttpRequest request;
        request.url = url_;
        request.headers = {{"Date", to_rfc3339(now)}};
        return request;
    }
    Step resume(const StepAnswer& answer, WallTime) override {
        return this->finish(finish_(http(answer)));
    }

  private:
    std::string url_;
    Finish finish_;
};

class Requests final : public Operation<ZoneFindings> {
  public:
    explicit Requests(std::vector<std::string> urls) : urls_(std::move(urls)) {}
    Step start(WallTime now) override {
        HttpRequest request;
        request.url = urls_[next_++];
        request.headers = {{"Date", to_rfc3339(now)}};
        return request;
    }
    Step resume(const StepAnswer& answer, WallTime now) override {
        if (status_of(http(answer)) != 200) return finish(error_of(http(answer)));
        return next_ == urls_.size() ? finish(ZoneFindings{}) : start(now);
    }

  private:
    std::vector<std::string> urls_;
    std::size_t next_ = 0;
};

template <typename T>
std::unique_ptr<OneRequest<T>> one_request(std::string url, typename OneRequest<T>::Finish finish) {
    return std::make_unique<OneRequest<T>>(std::move(url), std::move(finish));
}

RecordState foreign_state() {
    RecordState state;
    state.addresses.ipv4 = {*parse_ipv4("203.0.113.99")};
    return state;
}

}  // namespace

std::unique_ptr<Operation<Location>> ScriptedProvider::locate(const std::string& name) const {
    return one_request<Location>("locate " + name,
                                 [](const HttpAnswer& answer) -> Result<Location> {
                                     if (status_of(answer) != 200) return error_of(answer);
                                     return Location{};
                                 });
}

std::unique_ptr<Operation<Verification>> ScriptedProvider::verify() const {
    return one_request<Verification>("locate verify",
                                     [](const HttpAnswer& answer) -> Result<Verification> {
                                         if (status_of(answer) != 200) return error_of(answer);
                                         return Verification{};
                                     });
}

std::unique_ptr<Operation<ZoneFindings>> ScriptedProvider::find_zones(
    std::vector<std::string> names) const {
    for (std::string& name : names)
        name = "zones " + name;
    return std::make_unique<Requests>(std::move(names));
}

std::unique_ptr<Operation<std::vector<RecordReading>>> ScriptedProvider::read(
    const ZoneRef& zone, std::vector<std::string> names) const {
    std::string url = "read " + zone.id;
    for (const auto& name : names)
        url += " " + name;
    using Readings = std::vector<RecordReading>;
    return one_request<Readings>(url, [names](const HttpAnswer& answer) -> Result<Readings> {
        if (status_of(answer) != 200) return error_of(answer);
        std::vector<RecordReading> readings;
        for (const auto& name : names) {
            RecordReading reading;
            reading.name = name;
            reading.exists = !name.starts_with("mixed.");
            if (reading.exists) {
                reading.state = foreign_state();
            } else {
                reading.problem = conflict("its members differ", "make them alike");
            }
            readings.push_back(std::move(reading));
        }
        return readings;
    });
}

std::unique_ptr<Operation<std::vector<ReplaceOutcome>>> ScriptedProvider::replace(
    const ZoneRef& zone, std::vector<RecordReplacement> wanted) const {
    std::string url = "replace " + zone.id;
    for (const auto& each : wanted)
        url += " " + each.name + "=" + to_string(each.wanted);
    using Outcomes = std::vector<ReplaceOutcome>;
    return one_request<Outcomes>(url, [wanted](const HttpAnswer& answer) -> Result<Outcomes> {
        const int status = status_of(answer);
        if (status != 200 && status != 409) return error_of(answer);
        std::vector<ReplaceOutcome> outcomes;
        for (const auto& each : wanted) {
            RecordState done;
            done.addresses = each.wanted;
            if (status == 200) {
                outcomes.push_back(Confirmed{done});
            } else {
                outcomes.push_back(Foreign{foreign_state()});
            }
        }
        return outcomes;
    });
}

std::optional<CallsLeft> ScriptedProvider::calls_left(const HttpResponse& response) const {
    const auto left = response.header("left");
    if (left.empty()) return std::nullopt;
    return CallsLeft{std::stoi(std::string{left}), std::nullopt};
}

Result<Dispatch> ScriptedChannel::compose(const Message& message, WallTime) const {
    HttpRequest request;
    request.url = "deliver " + message.id + " try " + std::to_string(message.attempt);
    if (!message.served.empty()) request.url += " but for " + message.served;
    return Dispatch{request};
}

Delivery ScriptedChannel::read(const HttpAnswer& answer, WallTime now) const {
    const auto* response = std::get_if<HttpResponse>(&answer);
    if (response == nullptr) return TryLater{"no answer", {}};
    if (response->status == 200) return Delivered{};
    if (response->status == 207) return TryLater{"some lack it", {}, "half"};
    if (response->status == 410) return GiveUp{"gone", true};
    if (response->status == 400) return GiveUp{"refused", false};
    return TryLater{"HTTP " + std::to_string(response->status), retry_after(*response, now)};
}

Delivery ScriptedChannel::read(const MailAnswer&) const {
    return Delivered{};
}

Result<std::shared_ptr<const Provider>> ScriptedDrivers::provider(const ProviderAccount&) {
    if (broken) return *broken;
    if (!driver_) driver_ = std::make_shared<ScriptedProvider>(capabilities);
    return driver_;
}

Result<std::shared_ptr<const ChannelDriver>> ScriptedDrivers::channel(const Channel&) {
    if (broken) return *broken;
    return std::shared_ptr<const ChannelDriver>{std::make_shared<ScriptedChannel>()};
}

DispatcherLimits World::quiet_limits() {
    DispatcherLimits limits;
    limits.certificates.enabled = false;
    return limits;
}

World::World(Capabilities capabilities, const DispatcherLimits& limits)
    : dispatcher(store, "test", fleet, drivers, Outlets{outbound, outbound}, Random{7}, limits) {
    drivers.capabilities = capabilities;
    ProviderAccount account;
    account.id = ProviderId{1};
    account.name = "dns";
    account.kind = "scripted";
    std::vector<Change> changes{SaveProvider{account}};
    fleet.put(account);
    for (const std::int64_t id : {11, 12}) {
        Server server;
        if (id == 11) server.alarm = Alarm::Down;
        server.id = ServerId{id};
        server.name = "s" + std::to_string(id);
        server.ipv4 = *parse_ipv4("192.0.2." + std::to_string(id));
        server.token_prefix = "prefix" + std::to_string(id);
        changes.push_back(SaveServer{server});
        fleet.put(server);
    }
    Pool pool;
    pool.id = PoolId{21};
    pool.name = "pool";
    pool.members = {ServerId{11}, ServerId{12}};
    pool.target = Target{ServerId{11}};
    changes.push_back(SavePool{pool});
    fleet.put(pool);
    Channel channel;
    channel.id = ChannelId{31};
    channel.name = "hook";
    channel.kind = "webhook";
    changes.push_back(SaveChannel{channel});
    fleet.put(channel);
    commit(std::move(changes));
}

void World::set_alarm(ServerId id, Alarm alarm) {
    Server server = *fleet.server(id);
    server.alarm = alarm;
    commit({SaveServer{server}});
    fleet.put(std::move(server));
}

void World::commit(std::vector<Change> changes) {
    const auto done = store.commit(changes, wall);
    REQUIRE_MESSAGE(done.ok(), (done ? std::string{} : done.error().text()));
}

void World::save(Domain domain) {
    commit({SaveDomain{domain}});
    fleet.put(std::move(domain));
}

DomainId World::add_domain(std::int64_t id, const std::string& name, const std::string& zone) {
    Domain domain;
    domain.id = DomainId{id};
    domain.name = name;
    domain.provider = ProviderId{1};
    domain.zone_id = zone;
    domain.zone_name = "example.org";
    domain.pool = PoolId{21};
    domain.record.desired.ipv4 = domain.record.confirmed.ipv4 = {*parse_ipv4("192.0.2.11")};
    save(domain);
    return domain.id;
}

void World::wish(DomainId id, const std::string& ipv4) {
    Domain domain = *fleet.domain(id);
    domain.record.desired.ipv4 = {*parse_ipv4(ipv4)};
    ++domain.record.generation;
    save(domain);
}

void World::enqueue(std::int64_t id, NoticeType type, ServerId about) {
    Notice notice;
    notice.type = type;
    notice.server = about;
    commit({Enqueue{NotificationId{id}, ChannelId{31}, notice}});
}

DispatcherOutput World::dispatch() {
    auto output = dispatcher.dispatch(now, wall);
    if (!output.changes.empty()) commit(output.changes);
    return output;
}

DispatcherOutput World::answer(int status, std::vector<Header> headers) {
    return answer_with(HttpAnswer{HttpResponse{status, std::move(headers), {}}});
}

DispatcherOutput World::answer_with(TransferAnswer answer) {
    auto output =
        dispatcher.finished(TransferDone{outbound.take().id, std::move(answer)}, now, wall);
    if (!output.changes.empty()) commit(output.changes);
    return output;
}

void World::confirm(const DispatcherOutput& output) {
    for (const auto& confirmed : inputs_of<RecordConfirmed>(output)) {
        Domain domain = *fleet.domain(confirmed.domain);
        domain.record.confirmed = confirmed.observed.addresses;
        domain.record.confirmed_generation = confirmed.generation;
        save(domain);
    }
}

}  // namespace understudy::test
