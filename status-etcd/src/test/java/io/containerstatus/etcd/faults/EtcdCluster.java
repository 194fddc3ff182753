package io.containerstatus.etcd.faults;

import io.containerstatus.etcd.EtcdEndpoints;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real etcd of one or more members on the loopback. Each member can be reached only through proxies. */
final class EtcdCluster implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final Path folder;
    private final List<EtcdMember> members;
    // Kills the servers if a test run is aborted.
    private final Thread atExit = new Thread(this::killAll);

    private EtcdCluster(int size, List<String> options) {
        try {
            folder = Files.createTempDirectory("status-etcd-faults");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        members = IntStream.rangeClosed(1, size)
                .mapToObj(number -> new EtcdMember("m" + number, folder))
                .toList();
        configure(options);
        Runtime.getRuntime().addShutdownHook(atExit);
        members.forEach(EtcdMember::start);
        awaitHealthy();
    }

    /** Starts a cluster. Returns once all members are healthy. */
    static EtcdCluster of(int size, String... options) {
        return new EtcdCluster(size, List.of(options));
    }

    /** Sets the options with which members start from now on. */
    void configure(List<String> options) {
        String cluster = members.stream().map(EtcdMember::inCluster).collect(Collectors.joining(","));
        members.forEach(member -> member.configure(cluster, options));
    }

    String initialCluster() {
        return members.stream().map(EtcdMember::inCluster).collect(Collectors.joining(","));
    }

    /** Waits until each member answers a linearizable read and knows the leader. */
    void awaitHealthy() {
        Awaitility.await().pollInterval(Duration.ofMillis(50)).atMost(START).until(() -> members.stream()
                .allMatch(EtcdCluster::isHealthy));
    }

    private static boolean isHealthy(EtcdMember member) {
        try {
            member.raw.get("health");
            return member.raw.status().getLeader() != 0;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    List<EtcdMember> members() {
        return members;
    }

    /** Returns the first member, for clusters of one. */
    EtcdMember member() {
        return members.get(0);
    }

    EtcdMember leader() {
        long leader = member().raw.status().getLeader();
        return members.stream()
                .filter(member -> member.raw.status().getHeader().getMemberId() == leader)
                .findFirst()
                .orElseThrow();
    }

    /** Cuts a member off from the others; clients still reach it. */
    void cutOff(EtcdMember cut) {
        String id = cut.id();
        members.forEach(member -> member.peers.cutFrom(id));
        cut.peers.cut();
    }

    void healPeers() {
        members.forEach(member -> member.peers.heal());
    }

    /** Returns the members as clients reach them, the given one first. */
    EtcdEndpoints endpoints(EtcdMember first) {
        return EtcdEndpoints.of(Stream.concat(Stream.of(first), members.stream().filter(member -> member != first))
                .map(EtcdMember::clientUrl)
                .toList());
    }

    EtcdEndpoints endpoints() {
        return endpoints(member());
    }

    Path folder() {
        return folder;
    }

    private void killAll() {
        members.stream().filter(EtcdMember::isRunning).forEach(EtcdMember::kill);
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        members.forEach(EtcdMember::close);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
