package io.containerstatus.reactive;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import reactor.core.scheduler.Schedulers;

/** One kind of stream, chosen at random, on its own store with one container. */
final class Stream {
    private static final List<Kind> KINDS = List.of(Kind.values());

    private enum Kind {
        LATEST_OF_CONTAINER,
        LATEST_OF_STORE,
        EVERY_OF_CONTAINER,
        EVERY_OF_STORE
    }

    private final Kind kind;
    private final Stage stage = new Stage();
    private final StatusStorage web = stage.container("web");

    private Stream(Kind kind) {
        this.kind = kind;
    }

    static Stream any() {
        return new Stream(KINDS.get(ThreadLocalRandom.current().nextInt(KINDS.size())));
    }

    static Stream anyOfStore() {
        return new Stream(ThreadLocalRandom.current().nextBoolean() ? Kind.LATEST_OF_STORE : Kind.EVERY_OF_STORE);
    }

    StatusStorage web() {
        return web;
    }

    Stage stage() {
        return stage;
    }

    /** Commits a change. */
    void emit() {
        web.update(Stage::count).subscribe();
    }

    void delete() {
        web.delete().subscribe();
    }

    void subscribe(SignalRecorder watcher) {
        Delivery delivery = isLatest() ? Delivery.latest() : Delivery.every(100);
        Delivery inline = delivery.on(Schedulers.immediate());
        if (isOfStore()) {
            stage.store.changes(inline).subscribe(watcher);
        } else {
            web.changes(inline).subscribe(watcher);
        }
    }

    /** As {@link #subscribe}, with the end of the snapshot. */
    void subscribeToEvents(SignalRecorder watcher) {
        Delivery delivery = isLatest() ? Delivery.latest() : Delivery.every(100);
        Delivery inline = delivery.on(Schedulers.immediate());
        (isOfStore() ? stage.store.events(inline) : web.events(inline)).subscribe(watcher);
    }

    /** Returns whether no subscriber is registered any more. A subscriber that stays registered is a leak. */
    boolean isUnwatched() {
        ContainerLane lane = (ContainerLane) web;
        return lane.subscribers().isEmpty() && lane.store().subscribers().isEmpty();
    }

    boolean isLatest() {
        return kind == Kind.LATEST_OF_CONTAINER || kind == Kind.LATEST_OF_STORE;
    }

    private boolean isOfStore() {
        return kind == Kind.LATEST_OF_STORE || kind == Kind.EVERY_OF_STORE;
    }

    @Override
    public String toString() {
        return kind.name();
    }
}
