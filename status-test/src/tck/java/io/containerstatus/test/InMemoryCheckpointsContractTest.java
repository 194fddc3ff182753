package io.containerstatus.test;

import io.containerstatus.CorruptStatusException;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.spi.StatusCheckpoints.Access;
import io.containerstatus.spi.StatusCheckpoints.Found;
import reactor.core.publisher.Mono;

class InMemoryCheckpointsContractTest extends StatusCheckpointsContract {
    private final InMemoryCheckpoints storage = new InMemoryCheckpoints();
    private Access access = Access.WRITABLE;

    @Override
    protected StatusCheckpoints create() {
        InMemoryCheckpoints another = storage.another();
        another.openWith(Mono.fromSupplier(() -> access));
        return another;
    }

    @Override
    protected void damage(String id) {
        storage.put(Found.failed(id, new CorruptStatusException("torn", 0)));
    }

    @Override
    protected void makeReadOnly() {
        access = Access.readOnly("write-protected");
    }
}
