package io.containerstatus.etcd.faults;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests a publisher whose store is ahead of the changes that the publisher has received. */
@Tag("long")
class StaleDeletionTest {
    @Test
    void aContainerThatIsCreatedAgainIsNotDeletedByItsOldDeletion() {
        try (EtcdCluster cluster = EtcdCluster.of(1);
                FleetRun run = new FleetRun(cluster, "/stale", 200)) {
            run.begin(cluster.member());
            run.awaitMoreChanges(5);
            run.check("200 containers");
        }
    }
}
