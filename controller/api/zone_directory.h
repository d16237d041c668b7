// ZoneDirectory: which zones each account has, as its provider listed them some minutes ago, so
// that a hundred names in a row do not look for their zones a hundred times. And finding one name
// by it. Loop thread only.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "controller/api/api.h"

namespace understudy::api {

class ZoneDirectory {
  public:
    explicit ZoneDirectory(OrderDesk& desk) : desk_(desk) {}

    // Every zone of the account; none: not known, or too long ago, or under another credential.
    const ZoneFindings* known(const ProviderAccount& account, Instant now) const;
    // Only what is complete is worth keeping.
    void learnt(const ProviderAccount& account, const ZoneFindings& findings, Instant now);
    void forget(ProviderId provider) { books_.erase(provider); }

    using Located = std::function<void(const Result<Location>&)>;
    // Where a name lives and what it holds now, for a person who waits for it.
    void locate(const ProviderAccount& account, const std::string& name, Instant now,
                const Located& located);

  private:
    struct Book {
        ProviderAccount account;  // as it was when it was asked
        ZoneFindings findings;    // once `listed`
        bool listed = false;
        int looked_up = 0;  // names, one by one
        Instant since{};
    };
    Book& book_of(const ProviderAccount& account, Instant now);
    void list_first(const ProviderAccount& account, const std::string& name, Instant now,
                    const Located& located);
    void read_in(const FoundZone& zone, ProviderId provider, const std::string& name,
                 const Located& located);
    void look_up(ProviderId provider, const std::string& name, const Located& located);

    OrderDesk& desk_;
    std::map<ProviderId, Book> books_;
};

}  // namespace understudy::api
