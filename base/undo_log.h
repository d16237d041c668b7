// Undo log: what was changed since begin(), so that it can be taken back at the cost of what was
// changed and not of all there is. Tables that can be undone are made with their log and belong to
// it for good: none can be forgotten. Used by the engine, for batches and rehearsals; one thread.
//
// Former values are kept by key, the first time a key is touched. Whoever holds a pointer to a row
// from before begin() may use it after take_back(): a row that was erased comes back as itself.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ensure.h"

namespace understudy {

class UndoLog {
  public:
    UndoLog() = default;
    UndoLog(const UndoLog&) = delete;
    UndoLog& operator=(const UndoLog&) = delete;

    void begin() {
        ensure(!open_);
        open_ = true;
        tell(&Table::begin);
    }
    void keep() { end(&Table::keep); }
    void take_back() { end(&Table::take_back); }

    class Table {
      public:
        Table(const Table&) = delete;
        Table& operator=(const Table&) = delete;
        virtual ~Table() = default;

      protected:
        explicit Table(UndoLog& log) : log_(log) { log.tables_.push_back(this); }
        bool logged() const { return log_.open_; }

      private:
        friend class UndoLog;
        virtual void begin() {}
        virtual void keep() = 0;
        virtual void take_back() = 0;

        UndoLog& log_;
    };

  private:
    void tell(void (Table::*what)()) {
        for (Table* table : tables_)
            (table->*what)();
    }
    void end(void (Table::*how)()) {
        ensure(open_);
        open_ = false;
        tell(how);
    }

    std::vector<Table*> tables_;
    bool open_ = false;
};

// A map, ordered or not, whose changes can be undone.
template <typename Map>
class UndoMap final : public UndoLog::Table {
  public:
    using Key = typename Map::key_type;
    using Value = typename Map::mapped_type;

    explicit UndoMap(UndoLog& log) : Table(log) {}

    const Map& all() const { return map_; }
    const Value* find(const Key& key) const {
        const auto at = map_.find(key);
        return at == map_.end() ? nullptr : &at->second;
    }
    const Value& at(const Key& key) const { return map_.at(key); }
    bool contains(const Key& key) const { return map_.contains(key); }

    // To change it; null: there is none.
    Value* edit(const Key& key) {
        const auto at = map_.find(key);
        if (at == map_.end()) return nullptr;
        note(at);
        return &at->second;
    }
    // To change what is there for certain.
    Value& edit_known(const Key& key) {
        Value* known = edit(key);
        ensure(known != nullptr);
        return *known;
    }
    // To change it; made when there is none.
    Value& operator[](const Key& key) {
        if (Value* known = edit(key)) return *known;
        note_new(key);
        return map_[key];
    }
    void put(const Key& key, Value value) { (*this)[key] = std::move(value); }
    // Its value, and it is there no more.
    std::optional<Value> take(const Key& key) {
        const auto at = map_.find(key);
        if (at == map_.end()) return std::nullopt;
        if (!logged()) return std::move(map_.extract(at).mapped());
        note(at);
        std::optional<Value> value = std::move(at->second);
        erase_noted(at);
        return value;
    }
    void erase(const Key& key) {
        const auto at = map_.find(key);
        if (at == map_.end()) return;
        if (!logged()) return void(map_.erase(at));
        note(at);
        erase_noted(at);
    }

  private:
    // Of a row that was there: its value while it stands, else the row itself. Neither: there was
    // none.
    struct Former {
        std::unique_ptr<Value> value;
        typename Map::node_type row;
    };

    void note(typename Map::iterator at) {
        if (!logged()) return;
        const auto [former, first] = former_.try_emplace(at->first);
        if (first) former->second.value = std::make_unique<Value>(at->second);
    }
    void erase_noted(typename Map::iterator at) {
        Former& former = former_.at(at->first);
        if (!former.value) return void(map_.erase(at));  // new since begin(), or erased before
        former.row = map_.extract(at);
        former.row.mapped() = std::move(*former.value);
        former.value.reset();
    }
    void note_new(const Key& key) {
        if (logged()) former_.try_emplace(key);
    }
    void keep() override { former_.clear(); }
    void take_back() override {
        for (auto& [key, former] : former_) {
            if (former.value) {
                map_.find(key)->second = std::move(*former.value);
                continue;
            }
            map_.erase(key);
            if (former.row) map_.insert(std::move(former.row));
        }
        former_.clear();
    }

    Map map_;
    std::map<Key, Former> former_;
};

// Something small, copied as a whole at begin().
template <typename Value>
class UndoValue final : public UndoLog::Table {
  public:
    UndoValue(UndoLog& log, Value value) : Table(log), value_(std::move(value)) {}

    const Value& operator*() const { return value_; }
    Value& operator*() { return value_; }
    const Value* operator->() const { return &value_; }
    Value* operator->() { return &value_; }

  private:
    void begin() override { former_ = value_; }
    void keep() override { former_.reset(); }
    void take_back() override { value_ = *std::exchange(former_, std::nullopt); }

    Value value_;
    std::optional<Value> former_;
};

// A set whose changes can be undone.
template <typename Item>
class UndoSet final : public UndoLog::Table {
  public:
    explicit UndoSet(UndoLog& log) : Table(log) {}

    const std::set<Item>& all() const { return set_; }
    void insert(const Item& item) {
        if (set_.insert(item).second) note(item, false);
    }
    void erase(const Item& item) {
        if (set_.erase(item) > 0) note(item, true);
    }

  private:
    void note(const Item& item, bool was_in) {
        if (logged()) was_in_.try_emplace(item, was_in);
    }
    void keep() override { was_in_.clear(); }
    void take_back() override {
        for (const auto& [item, was_in] : was_in_) {
            if (was_in) {
                set_.insert(item);
            } else {
                set_.erase(item);
            }
        }
        was_in_.clear();
    }

    std::set<Item> set_;
    std::map<Item, bool> was_in_;
};

}  // namespace understudy
