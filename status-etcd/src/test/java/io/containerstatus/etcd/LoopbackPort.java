package io.containerstatus.etcd;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of the loopback on which a server of a test can listen, now and after each restart. No other test
 * gets the port, in this process or in another one: its holder binds the datagram port of the same number,
 * which servers do not use. It is outside the range from which the system assigns free ports.
 */
public final class LoopbackPort implements AutoCloseable {
    private static final int LEAST = 10_000;
    private static final int BOUND = 30_000;
    private static final int TRIES = 10_000;

    private final DatagramSocket reservation;

    private LoopbackPort(DatagramSocket reservation) {
        this.reservation = reservation;
    }

    /** Reserves a free port. */
    public static LoopbackPort reserve() {
        for (int i = 0; i < TRIES; i++) {
            int candidate = ThreadLocalRandom.current().nextInt(LEAST, BOUND);
            try {
                return reserve(candidate);
            } catch (IOException taken) {
                // The port is taken. Try the next one.
            }
        }
        throw new IllegalStateException("no port is free");
    }

    /** Reserves this port. Fails if someone else has reserved it or listens on it. */
    static LoopbackPort reserve(int number) throws IOException {
        DatagramSocket reservation = new DatagramSocket(number, InetAddress.getLoopbackAddress());
        try {
            new ServerSocket(number, 1, InetAddress.getLoopbackAddress()).close();
            return new LoopbackPort(reservation);
        } catch (IOException listening) {
            reservation.close();
            throw listening;
        }
    }

    public int number() {
        return reservation.getLocalPort();
    }

    @Override
    public void close() {
        reservation.close();
    }
}
