package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.etcd.EtcdProgram;
import io.containerstatus.etcd.LoopbackPort;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One member in its own process. Clients reach it through one proxy, and the other members through another
 * one. The test's own calls go directly to it.
 */
final class EtcdMember implements AutoCloseable {
    final String name;
    final TcpProxy clients;
    final TcpProxy peers;
    RawEtcd raw;
    private final Path folder;
    private final LoopbackPort ownForClients = LoopbackPort.reserve();
    private final LoopbackPort ownForPeers = LoopbackPort.reserve();
    private final int clientPort = ownForClients.number();
    private final int peerPort = ownForPeers.number();
    private final List<String> options = new ArrayList<>();
    private String scheme = "http";
    private String cluster = "";
    private Path data;
    private Process process;

    EtcdMember(String name, Path folder) {
        this.name = name;
        this.folder = folder;
        data = folder.resolve(name);
        clients = new TcpProxy(clientPort);
        peers = new TcpProxy(peerPort);
        raw = new RawEtcd(clientPort);
    }

    /** Returns the member's name and address, in the form that all members need. */
    String inCluster() {
        return name + "=" + peers.url();
    }

    /** Returns the URL for clients. */
    String clientUrl() {
        return scheme + "://127.0.0.1:" + clients.port();
    }

    /** Makes the test call the member as root, over TLS if certificates are given. */
    void callAsRoot(String password, @Nullable Certificates certificates) throws IOException {
        raw.close();
        if (certificates == null) {
            raw = new RawEtcd(
                    HttpClient.newHttpClient(), "http", clientPort, InsecureChannelCredentials.create(), password);
            return;
        }
        scheme = "https";
        HttpClient http = HttpClient.newBuilder()
                .sslContext(certificates.context("client"))
                .build();
        ChannelCredentials credentials = TlsChannelCredentials.newBuilder()
                .trustManager(certificates.authority().toFile())
                .keyManager(
                        certificates.certificate("client").toFile(),
                        certificates.key("client").toFile())
                .build();
        raw = new RawEtcd(http, "https", clientPort, credentials, password);
    }

    /** Sets the options with which the member starts from now on. */
    void configure(String newCluster, List<String> newOptions) {
        cluster = newCluster;
        options.clear();
        options.addAll(newOptions);
    }

    /** Makes the member use other data from its next start on. */
    void useData(Path newData) {
        data = newData;
    }

    /** Starts the process. It may not answer yet. */
    void start() {
        List<String> command = new ArrayList<>(List.of(
                EtcdProgram.server().toString(),
                "--name=" + name,
                "--data-dir=" + data,
                "--listen-client-urls=" + scheme + "://127.0.0.1:" + clientPort,
                "--advertise-client-urls=" + clientUrl(),
                "--listen-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-advertise-peer-urls=" + peers.url(),
                "--initial-cluster=" + cluster));
        command.addAll(options);
        process = started(command, folder.resolve(name + ".log"));
    }

    static Process started(List<String> command, Path log) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Kills the process, as {@code kill -9} does. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Asks the process to end, and waits until it has ended. */
    void terminate() {
        process.destroy();
        process.onExit().join();
    }

    /** Freezes the process. */
    void freeze() {
        signal(process.pid(), "STOP");
    }

    void thaw() {
        signal(process.pid(), "CONT");
    }

    static void signal(long process, String name) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process))
                    .start()
                    .onExit()
                    .join()
                    .exitValue();
            assertThat(exit).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the id by which members refer to this one. */
    String id() {
        return Long.toHexString(raw.status().getHeader().getMemberId());
    }

    @Override
    public void close() {
        raw.close();
        if (process != null) {
            kill();
        }
        clients.close();
        peers.close();
        ownForClients.close();
        ownForPeers.close();
    }
}
