package io.containerstatus.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.Status;
import io.containerstatus.test.InMemoryCheckpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.Scannable.Attr;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What Reactor's debugging tools display about the store's publishers and subscriptions. */
class ScannableTest extends StoreTest {
    private StatusStorage web;

    /** Keeps its subscription, and requests what the test says. */
    private static final class Kept<T> implements CoreSubscriber<T> {
        final List<Object> signals = new ArrayList<>();
        Subscription subscription;

        static <T> Kept<T> of(Publisher<T> publisher) {
            Kept<T> kept = new Kept<>();
            publisher.subscribe(kept);
            return kept;
        }

        <V> V scan(Attr<V> attribute) {
            return Scannable.from(subscription).scan(attribute);
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(T value) {
            signals.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            signals.add(failure);
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }
    }

    @BeforeEach
    void createContainer() {
        web = container("web");
    }

    private static Stream<String> names(Publisher<?> publisher) {
        return Scannable.from(publisher).steps();
    }

    @Nested
    class Publishers {
        @Test
        void areNamedAfterTheirMethods() {
            assertThat(names(store.create("db", CREATED))).first().isEqualTo("StatusStore.create");
            assertThat(names(store.delete("db"))).first().isEqualTo("StatusStore.delete");
            assertThat(names(store.changes().map(StatusChange::id))).first().isEqualTo("StatusStore.changes");
            assertThat(names(store.events(Delivery.latest()))).first().isEqualTo("StatusStore.events");
            assertThat(names(web.events(Delivery.latest()))).first().isEqualTo("StatusStorage.events");
            assertThat(names(web.update(pid(1)))).first().isEqualTo("StatusStorage.update");
            assertThat(names(web.updateSync(pid(1)).map(Status::pid))).first().isEqualTo("StatusStorage.updateSync");
            assertThat(names(web.updateSync(1, pid(1)))).first().isEqualTo("StatusStorage.updateSync");
            assertThat(names(web.delete())).first().isEqualTo("StatusStorage.delete");
            assertThat(names(web.changes())).first().isEqualTo("StatusStorage.changes");
            assertThat(names(web.await(status -> false))).first().isEqualTo("StatusStorage.await");
            assertThat(names(StatusStore.builder(new InMemoryCheckpoints()).open()))
                    .first()
                    .isEqualTo("StatusStore.open");
            assertThat(names(store.close())).first().isEqualTo("StatusStore.close");
        }

        @Test
        void giveNoNameToTheMetricsOfTheirUsers() {
            assertThat(Scannable.from(web.changes().name("mine").map(StatusChange::id))
                            .name())
                    .isEqualTo("mine");
            assertThat(Scannable.from(web.changes()).parents().map(one -> one.scan(Attr.NAME)))
                    .containsOnlyNulls();
        }
    }

    static Stream<Delivery> deliveries() {
        return Stream.of(
                Delivery.latest(),
                Delivery.every(9),
                Delivery.latest().on(Schedulers.immediate()),
                Delivery.every(9).on(Schedulers.immediate()));
    }

    @Nested
    class Streams {
        private void check(Publisher<StatusChange> changes) {
            Kept<StatusChange> kept = Kept.of(changes);
            assertThat(Scannable.from(kept.subscription).isScanAvailable()).isTrue();
            assertThat(Scannable.from(kept.subscription).scanUnsafe(Attr.ACTUAL))
                    .isSameAs(kept);
            assertThat(kept.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.ASYNC);
            assertThat(kept.scan(Attr.REQUESTED_FROM_DOWNSTREAM)).isZero();
            kept.subscription.request(3);
            assertThat(kept.signals).hasSize(1);
            assertThat(kept.scan(Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(2);
            assertThat(kept.scan(Attr.CANCELLED)).isFalse();
            kept.subscription.cancel();
            assertThat(kept.scan(Attr.CANCELLED)).isTrue();
            assertThat(kept.scan(Attr.TERMINATED)).isFalse();

            Kept<StatusChange> wrong = Kept.of(changes);
            assertThat(wrong.scan(Attr.ERROR)).isNull();
            wrong.subscription.request(-1);
            assertThat(wrong.scan(Attr.ERROR))
                    .isInstanceOf(IllegalArgumentException.class)
                    .isSameAs(wrong.signals.get(0));
            assertThat(wrong.scan(Attr.TERMINATED)).isTrue();
            assertThat(wrong.scan(Attr.CANCELLED)).isFalse();
        }

        @ParameterizedTest
        @MethodSource("io.containerstatus.reactive.ScannableTest#deliveries")
        void showTheirSubscriberItsDemandAndTheirEnd(Delivery delivery) {
            check(web.changes(delivery));
            check(store.changes(delivery));
        }

        @Test
        void withoutADrainShowTheSame() {
            List<Scannable> subscriptions = new ArrayList<>();
            web.changes(Delivery.every(9).on(Schedulers.immediate())).subscribe(new TestSubscriberAdapter() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscriptions.add(Scannable.from(subscription));
                    super.onSubscribe(subscription);
                }

                @Override
                public void onNext(StatusChange change) {}
            });
            Scannable direct = subscriptions.get(0);
            assertThat(direct.stepName()).isEqualTo("directChanges");
            assertThat(direct.scan(Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(Long.MAX_VALUE);
            assertThat(direct.scan(Attr.TERMINATED)).isFalse();
            web.delete().block(PATIENCE);
            assertThat(direct.scan(Attr.TERMINATED)).isTrue();
            assertThat(direct.scan(Attr.CANCELLED)).isFalse();
        }

        @Test
        void showHowManyChangesWait() {
            Kept<StatusChange> every = Kept.of(web.changes(Delivery.every(9)));
            Kept<StatusChange> latest = Kept.of(store.changes());
            every.subscription.request(1);
            web.update(pid(1)).block(PATIENCE);
            web.update(pid(2)).block(PATIENCE);
            assertThat(every.scan(Attr.BUFFERED)).isEqualTo(2);
            assertThat(every.scan(Attr.CAPACITY)).isEqualTo(9);
            assertThat(latest.scan(Attr.BUFFERED)).isEqualTo(1);
        }
    }

    @Nested
    class Operations {
        private <T> Kept<T> asked(Mono<T> mono) {
            Kept<T> kept = Kept.of(mono);
            kept.subscription.request(1);
            return kept;
        }

        @Test
        void showWhetherTheyAreOver() {
            InMemoryCheckpoints.Held write = checkpoints.holdNext();
            Kept<Status> kept = Kept.of(web.updateSync(pid(1)));
            assertThat(Scannable.from(kept.subscription).stepName()).isEqualTo("updateOperation");
            assertThat(Scannable.from(kept.subscription).scanUnsafe(Attr.ACTUAL))
                    .isSameAs(kept);
            assertThat(kept.scan(Attr.RUN_STYLE)).isEqualTo(Attr.RunStyle.ASYNC);
            assertThat(kept.scan(Attr.REQUESTED_FROM_DOWNSTREAM)).isZero();
            kept.subscription.request(1);
            assertThat(kept.scan(Attr.REQUESTED_FROM_DOWNSTREAM)).isEqualTo(1);
            assertThat(kept.scan(Attr.TERMINATED)).isFalse();
            write.complete();
            assertThat(kept.scan(Attr.TERMINATED)).isTrue();
            kept.subscription.cancel();
            assertThat(kept.scan(Attr.CANCELLED)).isFalse();
        }

        @Test
        void showACancellationAlsoAfterTheirFailure() {
            Hooks.onErrorDropped(expected -> {});
            InMemoryCheckpoints.Held write = checkpoints.holdNext();
            Kept<Status> kept = asked(web.updateSync(pid(1)));
            kept.subscription.cancel();
            assertThat(kept.scan(Attr.CANCELLED)).isTrue();
            write.fail(notWritten("web"));
            assertThat(kept.scan(Attr.CANCELLED)).isTrue();
            assertThat(kept.scan(Attr.TERMINATED)).isFalse();
            assertThat(kept.signals).isEmpty();
            Hooks.resetOnErrorDropped();
        }

        @Test
        void showTheirFailure() {
            IllegalStateException thrown = new IllegalStateException("thrown");
            Kept<Status> kept = asked(web.update(status -> {
                throw thrown;
            }));
            assertThat(kept.scan(Attr.ERROR)).isSameAs(thrown);
            assertThat(kept.scan(Attr.TERMINATED)).isTrue();
        }
    }
}
