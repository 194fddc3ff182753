package io.containerstatus.etcd.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the loopback that forwards to another one, until the test disturbs it: it delays data, resets
 * connections, or passes few bytes at a time. It needs no root. Delayed data is not lost: it is passed on
 * after {@link #heal}, as on a network that was cut for a while.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    /** The header by which etcd's members identify themselves to each other. */
    private static final Pattern SENDER = Pattern.compile("X-Server-From: ([0-9a-f]+)");

    private final ServerSocket entry;
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final CallCuts cuts = new CallCuts();
    private final CountDownLatch end = new CountDownLatch(1);
    private Predicate<String> held = sender -> false;
    private boolean resets;
    private boolean closed;
    private volatile long delayMillis;
    private volatile int largestChunk = BUFFER;

    /** Starts a proxy on a free port, which forwards to this port. */
    public TcpProxy(int target) {
        this(0, target);
    }

    /** Starts a proxy on this port. */
    TcpProxy(int port, int target) {
        this.target = target;
        try {
            entry = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("accept", this::accept);
    }

    int port() {
        return entry.getLocalPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    /** Delays everything in either direction from now on, also on new connections. */
    void cut() {
        hold(sender -> true);
    }

    /** Delays the data on connections that this member of etcd has opened. */
    void cutFrom(String senders) {
        hold(senders::equals);
    }

    private synchronized void hold(Predicate<String> newHeld) {
        held = newHeld;
    }

    /** Resets every connection, also new ones, until {@link #heal}. */
    public void reset() {
        synchronized (this) {
            resets = true;
        }
        links.forEach(Link::reset);
    }

    /** Resets every connection. New ones work. */
    void resetOnce() {
        links.forEach(Link::reset);
    }

    /** Waits for this time before it passes on each part of the data. */
    void delay(Duration time) {
        delayMillis = time.toMillis();
    }

    /** Passes on this many bytes at a time. */
    void chunksOf(int bytes) {
        largestChunk = bytes;
    }

    /** Returns the faults of single calls. */
    CallCuts calls() {
        return cuts;
    }

    /** Passes everything on from now on, the delayed data first. */
    public synchronized void heal() {
        held = sender -> false;
        resets = false;
        delayMillis = 0;
        largestChunk = BUFFER;
        notifyAll();
    }

    private synchronized boolean isResetting() {
        return resets;
    }

    /** Waits while the connections of this sender are delayed. */
    private synchronized void pass(String sender, Link link) throws InterruptedException {
        while (held.test(sender) && !link.ended && !closed) {
            wait();
        }
    }

    private void accept() throws IOException, InterruptedException {
        while (true) {
            Socket client = entry.accept();
            if (isResetting()) {
                client.setSoLinger(true, 0);
                client.close();
                continue;
            }
            Link link = new Link(client);
            links.add(link);
            if (isResetting()) { // It began after the check above.
                link.reset();
            }
            start("link", link::connect);
        }
    }

    @Override
    public void close() {
        try {
            entry.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        end.countDown();
        links.forEach(Link::reset);
        cuts.close();
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | InterruptedException e) {
                        // The connection has ended, which is normal here.
                    }
                },
                "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** An accepted connection, and the one that was opened for it. */
    private final class Link implements CallCuts.Connection {
        private final Socket client;
        private final Socket server = new Socket();
        private volatile boolean ended;
        private volatile String sender = "";
        private int open = 2;

        Link(Socket client) {
            this.client = client;
        }

        void connect() throws IOException, InterruptedException {
            try {
                pass(sender, this);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            } catch (IOException e) {
                reset();
                throw e;
            }
            CallCuts.Calls calls = cuts.of(this);
            start("answers", () -> pump(server, client, calls.answers()));
            pump(client, server, calls.requests());
        }

        private void pump(Socket from, Socket to, CallCuts.Direction calls) throws IOException, InterruptedException {
            byte[] buffer = new byte[BUFFER];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                while (true) {
                    int length = in.read(buffer, 0, Math.min(buffer.length, largestChunk));
                    if (length < 0) {
                        to.shutdownOutput();
                        break;
                    }
                    detectSender(from, buffer, length);
                    pass(sender, this);
                    boolean unused = end.await(delayMillis, TimeUnit.MILLISECONDS);
                    calls.pass(buffer, length, out);
                }
            } catch (IOException | InterruptedException e) {
                reset();
                throw e;
            } finally {
                endOfOneDirection();
            }
        }

        private void detectSender(Socket from, byte[] buffer, int length) {
            if (from == client && sender.isEmpty()) {
                Matcher found = SENDER.matcher(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
                if (found.find()) {
                    sender = found.group(1);
                }
            }
        }

        private synchronized void endOfOneDirection() throws IOException {
            open--;
            if (open == 0) {
                client.close();
                server.close();
                links.remove(this);
            }
        }

        @Override
        public void reset() {
            synchronized (TcpProxy.this) {
                ended = true;
                TcpProxy.this.notifyAll();
            }
            for (Socket socket : Arrays.asList(client, server)) {
                resetOne(socket);
            }
            links.remove(this);
        }

        @Override
        public void resetClient() {
            resetOne(client);
        }

        private void resetOne(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // The connection has already ended.
            }
        }
    }
}
