package io.containerstatus.test;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** An adapter that delegates to a correct one. A test makes some of its answers wrong. */
final class WrongAdapter extends DelegatingCheckpoints {
    UnaryOperator<Publisher<Opened>> opening = right -> right;
    UnaryOperator<Mono<Void>> closing = right -> right;
    Change creation = (id, status, right) -> right;
    Change update = (id, status, right) -> right;
    Change deletion = (id, status, right) -> right;
    UnaryOperator<Access> access = right -> right;
    boolean takesAnySize;

    /** Turns the correct answer into another one; the status is null for a deletion. */
    interface Change {
        Publisher<Void> answer(String id, @Nullable Status status, Mono<Void> right);
    }

    WrongAdapter(StatusCheckpoints right) {
        super(right);
    }

    /** Uses this answer for each change. */
    void changes(Change answer) {
        creation = answer;
        update = answer;
        deletion = answer;
    }

    @Override
    public Publisher<Opened> open() {
        return opening.apply(super.open());
    }

    @Override
    public Publisher<Void> create(String id, Status status) {
        return creation.answer(id, status, cold(() -> super.create(id, status)));
    }

    @Override
    public void requireStorable(String id, Status status) {
        if (!takesAnySize) {
            super.requireStorable(id, status);
        }
    }

    @Override
    public Access access() {
        return access.apply(super.access());
    }

    @Override
    public Publisher<Void> write(String id, Status status) {
        return update.answer(id, status, cold(() -> super.write(id, status)));
    }

    @Override
    public Publisher<Void> delete(String id) {
        return deletion.answer(id, null, cold(() -> super.delete(id)));
    }

    @Override
    public Publisher<Void> close() {
        return closing.apply(closeRightly());
    }

    Mono<Void> closeRightly() {
        return cold(super::close);
    }

    private static Mono<Void> cold(Supplier<Publisher<Void>> right) {
        return Mono.defer(() -> Mono.from(right.get()));
    }
}
