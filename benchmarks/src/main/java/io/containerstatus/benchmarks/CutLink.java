package io.containerstatus.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A TCP proxy to a port of the loopback, which can be cut. Then its connections end, and new ones are closed
 * at once.
 */
final class CutLink implements AutoCloseable {
    private static final int BUFFER = 64 << 10;

    private final int target;
    private final ServerSocket server;
    private final List<Socket> open = new ArrayList<>();
    private boolean cut;

    CutLink(int target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cut-link");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connect(server.accept());
            } catch (IOException closed) {
                // Either this server was closed, or nothing listens on the target port.
            }
        }
    }

    private synchronized void connect(Socket caller) throws IOException {
        open.add(caller);
        if (cut) {
            caller.close();
            return;
        }
        Socket called = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(called);
        called.setTcpNoDelay(true);
        caller.setTcpNoDelay(true);
        start(() -> pump(caller, called));
        start(() -> pump(called, caller));
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                to.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException ended) {
            // Ended by the other direction, or by a cut.
        }
    }

    synchronized void cut() throws IOException {
        cut = true;
        for (Socket one : open) {
            one.close();
        }
        open.clear();
    }

    synchronized void heal() {
        cut = false;
    }

    @Override
    public void close() throws IOException {
        cut();
        server.close();
    }
}
