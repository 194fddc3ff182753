package io.containerstatus.etcd.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Breaks a connection at one call, counted over all connections of a proxy. It reads the frames of HTTP/2: a
 * call begins with the first HEADERS of its stream, and so does its answer.
 */
final class CallCuts implements AutoCloseable {
    /** The fault at the call. */
    enum Fault {
        /** The connection is reset before the server gets the call. */
        RESET_BEFORE_THE_REQUEST,
        /**
         * The connection is reset after the server has answered, before the client receives anything of the answer.
         */
        RESET_BEFORE_THE_ANSWER,
        /**
         * The client's connection is reset once the whole call has arrived. The server receives the call at
         * {@link #release}.
         */
        REQUEST_IS_LATE,
        /** The call, and everything after it on its connection, waits until {@link #release}. */
        REQUEST_WAITS
    }

    /** The connection that breaks. */
    interface Connection {
        void reset();

        /** Ends the connection on the client's side only. */
        void resetClient();
    }

    private static final long LONGEST_WAIT_SECONDS = 30;
    private static final int PREFACE = 24;
    private static final int FRAME_HEADER = 9;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int END_STREAM = 1;

    private Fault fault;
    private int faultyCall;
    private int requests;
    private int answers;
    private final Set<CountDownLatch> latches = new HashSet<>();
    private volatile CountDownLatch reached = new CountDownLatch(0);
    private volatile CountDownLatch released = new CountDownLatch(0);
    private volatile CountDownLatch lateAnswered = new CountDownLatch(0);

    /** Sets the fault of the call with this number, counted from now on. The first call is 1. */
    synchronized void at(int call, Fault newFault) {
        requests = 0;
        answers = 0;
        fault = newFault;
        faultyCall = call;
        reached = latch();
        released = latch();
        lateAnswered = latch();
    }

    private CountDownLatch latch() {
        CountDownLatch latch = new CountDownLatch(1);
        latches.add(latch);
        return latch;
    }

    /** Returns the number of calls since {@link #at}. */
    synchronized int requests() {
        return requests;
    }

    synchronized Fault fault() {
        return fault;
    }

    /** Returns whether the fault has occurred. */
    boolean isReached() {
        return reached.getCount() == 0;
    }

    /** Passes everything that is delayed on to the server. */
    void release() {
        released.countDown();
    }

    /** Returns whether the server has answered the call that was late. */
    boolean isLateAnswered() {
        return lateAnswered.getCount() == 0;
    }

    /** Ends every wait. */
    @Override
    public synchronized void close() {
        latches.forEach(CountDownLatch::countDown);
    }

    private synchronized Fault ofRequest() {
        requests++;
        return fault != Fault.RESET_BEFORE_THE_ANSWER && requests == faultyCall ? fault : null;
    }

    private synchronized boolean isAnswerCut() {
        answers++;
        return fault == Fault.RESET_BEFORE_THE_ANSWER && answers == faultyCall;
    }

    private static void await(CountDownLatch latch) throws IOException, InterruptedException {
        if (!latch.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("nobody has gone on");
        }
    }

    Calls of(Connection connection) {
        return new Calls(connection);
    }

    /** The calls on one connection. */
    final class Calls {
        private final Connection connection;
        private volatile boolean late;

        Calls(Connection connection) {
            this.connection = connection;
        }

        Direction requests() {
            return new Requests();
        }

        Direction answers() {
            return new Answers();
        }

        private final class Requests extends Direction {
            private final ByteArrayOutputStream held = new ByteArrayOutputStream();
            private int lateStream;
            private boolean lastPart;

            Requests() {
                super(PREFACE);
            }

            @Override
            void frame(int type, int flags, int stream) throws IOException, InterruptedException {
                Fault now = begins(type, stream) ? ofRequest() : null;
                if (now == Fault.RESET_BEFORE_THE_REQUEST) {
                    reached.countDown();
                    throw new IOException("reset before the request");
                } else if (now == Fault.REQUEST_WAITS) {
                    reached.countDown();
                    await(released);
                } else if (now == Fault.REQUEST_IS_LATE) {
                    lateStream = stream;
                    late = true;
                }
                lastPart |= late && stream == lateStream && type == DATA && (flags & END_STREAM) != 0;
            }

            @Override
            void write(byte[] bytes, int from, int length, OutputStream to) throws IOException, InterruptedException {
                if (!late) {
                    to.write(bytes, from, length);
                    return;
                }
                held.write(bytes, from, length);
                if (lastPart && isBetweenFrames()) {
                    CountDownLatch answered = lateAnswered;
                    connection.resetClient();
                    reached.countDown();
                    await(released);
                    to.write(held.toByteArray());
                    await(answered);
                    throw new IOException("the late call was made");
                }
            }
        }

        private final class Answers extends Direction {
            Answers() {
                super(0);
            }

            @Override
            void frame(int type, int flags, int stream) throws IOException {
                if (!begins(type, stream)) {
                    return;
                }
                if (isAnswerCut()) {
                    reached.countDown();
                    throw new IOException("reset before the answer");
                }
                if (late && released.getCount() == 0) {
                    lateAnswered.countDown();
                }
            }

            @Override
            void write(byte[] bytes, int from, int length, OutputStream to) throws IOException {
                if (!late) {
                    to.write(bytes, from, length);
                }
            }
        }
    }

    /** Bytes in one direction of a connection, in frames. */
    abstract static class Direction {
        private final Set<Integer> streams = new HashSet<>();
        private final byte[] header = new byte[FRAME_HEADER];
        private int headerLength;
        private int skip;

        Direction(int preface) {
            skip = preface;
        }

        /** Passes these bytes on, except those that are delayed. */
        final void pass(byte[] bytes, int length, OutputStream to) throws IOException, InterruptedException {
            int begin = 0;
            int next = 0;
            while (next < length) {
                if (skip > 0) {
                    int step = Math.min(skip, length - next);
                    skip -= step;
                    next += step;
                    continue;
                }
                if (headerLength == 0) {
                    // The frames up to here are complete. The following ones may be delayed.
                    write(bytes, begin, next - begin, to);
                    begin = next;
                }
                header[headerLength++] = bytes[next++];
                if (headerLength == FRAME_HEADER) {
                    headerLength = 0;
                    skip = number(0, 3);
                    frame(header[3], header[4], number(5, 4) & Integer.MAX_VALUE);
                }
            }
            write(bytes, begin, length - begin, to);
        }

        private int number(int from, int length) {
            int number = 0;
            for (int i = from; i < from + length; i++) {
                number = number << 8 | header[i] & 0xff;
            }
            return number;
        }

        final boolean isBetweenFrames() {
            return skip == 0 && headerLength == 0;
        }

        /** Returns whether this is the first frame with headers of that stream. */
        final boolean begins(int type, int stream) {
            return type == HEADERS && streams.add(stream);
        }

        /** Called when a frame begins. At most a part of its own header has been passed on. */
        abstract void frame(int type, int flags, int stream) throws IOException, InterruptedException;

        abstract void write(byte[] bytes, int from, int length, OutputStream to)
                throws IOException, InterruptedException;
    }
}
