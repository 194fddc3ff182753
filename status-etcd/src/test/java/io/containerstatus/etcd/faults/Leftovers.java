package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.grpc.InternalChannelz;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** The threads, channels and leases from before a run. After the run, no others may be left. */
final class Leftovers {
    private final EtcdCluster cluster;
    private final Set<Thread> threadsBefore = threads();
    private final int channelsBefore = channels();
    private final long leasesBefore;

    /** Notes what exists now. */
    Leftovers(EtcdCluster cluster) {
        this.cluster = cluster;
        leasesBefore = cluster.member().raw.leases();
    }

    /**
     * Waits until every thread, channel and lease of the run is gone. Checks that only statuses of these
     * containers are left below the prefix: no owner's key, for example.
     */
    void assertNone(String prefix, List<String> ids) {
        Awaitility.await().atMost(Supervisor.PATIENCE).untilAsserted(() -> {
            assertThat(cluster.member().raw.leases()).as("leases").isLessThanOrEqualTo(leasesBefore);
            assertThat(threads()).as("threads").isSubsetOf(threadsBefore);
            assertThat(channels()).as("channels").isLessThanOrEqualTo(channelsBefore);
        });
        assertThat(cluster.member().raw.list(prefix + "/").getKvsList())
                .extracting(KeyValue::getKey)
                .extracting(key -> key.toStringUtf8().substring(prefix.length()))
                .allMatch(key -> key.startsWith("/s/") && ids.contains(key.substring(key.lastIndexOf('/') + 1)));
    }

    private static int channels() {
        return InternalChannelz.instance().getRootChannels(0, 10_000).channels.size();
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("status-etcd"))
                .collect(Collectors.toSet());
    }
}
