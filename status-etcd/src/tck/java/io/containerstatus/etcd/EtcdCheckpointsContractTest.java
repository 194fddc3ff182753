package io.containerstatus.etcd;

import io.containerstatus.Status;
import io.containerstatus.spi.StatusCheckpoints;
import io.containerstatus.test.StatusCheckpointsContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

@Tag("long")
class EtcdCheckpointsContractTest extends StatusCheckpointsContract {
    private static final int LIMIT = 100_000;

    private final EtcdServer server = EtcdServer.shared();
    private final String prefix = EtcdServer.newPrefix();
    private boolean outOfSpace;

    @Override
    protected StatusCheckpoints create() {
        return EtcdCheckpoints.builder(server.endpoints(), prefix, "node7")
                .maxValueSize(LIMIT)
                .build();
    }

    @Override
    protected void damage(String id) {
        server.put(prefix + "/s/node7/" + id, "{");
    }

    @Override
    protected void makeReadOnly() {
        outOfSpace = true;
        server.runOutOfSpace();
    }

    @Override
    protected Status tooLarge() {
        return Status.builder().message("x".repeat(LIMIT)).build();
    }

    @AfterEach
    void giveSpace() {
        if (outOfSpace) {
            server.haveSpaceAgain();
        }
    }
}
