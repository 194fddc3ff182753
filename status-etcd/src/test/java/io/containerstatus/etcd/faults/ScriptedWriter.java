package io.containerstatus.etcd.faults;

import com.google.protobuf.ByteString;
import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.etcd.wire.Wire.Compare;
import io.containerstatus.etcd.wire.Wire.DeleteRangeRequest;
import io.containerstatus.etcd.wire.Wire.KeyValue;
import io.containerstatus.etcd.wire.Wire.PutRequest;
import io.containerstatus.etcd.wire.Wire.RequestOp;
import io.containerstatus.etcd.wire.Wire.TxnRequest;
import io.containerstatus.etcd.wire.Wire.TxnResponse;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A second implementation of the owner of one container, with the mistakes that are possible there. With each
 * of them, it seems to work. The test decides what happens to its transactions on their way. It is a control:
 * the checks must detect each mistake.
 */
final class ScriptedWriter {
    /** A mistake. */
    enum Mistake {
        /** Writes without checking the revision of the key. */
        NO_GUARD_OF_THE_KEY,
        /** Does not check that it is the owner. */
        NO_FENCE,
        /** Takes the status that it reads for the outcome, without raising the fence first. */
        SETTLES_BY_READING,
        /** Repeats a transaction that may have taken effect, and takes the second answer for the outcome. */
        SENDS_AGAIN,
        /** Takes the ownership again after it has lost it. */
        TAKES_OVER_IN_SILENCE,
        /** Raises the fence by a put that detaches the key from its lease. */
        RAISES_WITHOUT_THE_LEASE,
        /**
         * Checks when the owner's key was created, not when it was changed, so raising the fence has no effect.
         */
        GUARDS_ON_THE_CREATION,
        /** Takes a timeout for a refusal. */
        TIMEOUT_IS_CERTAIN,
        /** Takes a refusal for a timeout, which is slow but harmless. */
        REFUSAL_IS_UNCERTAIN
    }

    /** What happens to a transaction on its way. */
    enum Way {
        /** The transaction and its answer arrive. */
        GOES,
        /** The transaction arrives when the test decides. Until then there is no answer. */
        IS_LATE,
        /** The transaction arrives, but its answer does not. */
        LOSES_THE_ANSWER,
        /** The transaction is refused, as by a member without a leader. */
        IS_REFUSED
    }

    final Queue<Way> ways = new ArrayDeque<>();
    private final Queue<TxnRequest> late = new ArrayDeque<>();
    private final RawEtcd etcd;
    private final History history;
    private final String id;
    private final String ownerKey;
    private final String statusKey;
    private final int epoch;
    private final Set<Mistake> mistakes = EnumSet.noneOf(Mistake.class);
    private final long lease;
    private int number;
    private long fence;
    private long created;
    private long revision;
    private int calls;

    /** The answer did not arrive, or is a refusal. */
    private static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean refused;

        NoAnswer(boolean refused) {
            super(null, null, false, false);
            this.refused = refused;
        }
    }

    ScriptedWriter(RawEtcd etcd, History history, String prefix, String id, int epoch, @Nullable Mistake mistake) {
        this.etcd = etcd;
        this.history = history;
        this.id = id;
        this.epoch = epoch;
        ownerKey = prefix + "/o/node7";
        statusKey = prefix + "/s/node7/" + id;
        lease = System.nanoTime();
        if (mistake != null) {
            mistakes.add(mistake);
        }
        takeOver();
    }

    private boolean makes(Mistake mistake) {
        return mistakes.contains(mistake);
    }

    int calls() {
        return calls;
    }

    private void takeOver() {
        long start = System.nanoTime();
        if (fence == 0) {
            etcd.post("/v3/lease/grant", "{\"ID\":\"" + lease + "\",\"TTL\":\"60\"}");
        }
        fence = etcd.txn(TxnRequest.newBuilder()
                        .addSuccess(put(ownerKey, ByteString.EMPTY, lease))
                        .build())
                .getHeader()
                .getRevision();
        created = etcd.get(ownerKey).getCreateRevision();
        KeyValue stored = etcd.get(statusKey);
        revision = revisionOf(stored);
        history.takeover(id, epoch, start);
        history.read(id, ObservedNode.stampOf(stored), start);
    }

    /** Ends the lease. */
    void endLease() {
        etcd.post("/v3/lease/revoke", "{\"ID\":\"" + lease + "\"}");
    }

    /** Writes, and records it. Returns the outcome that it assumes. */
    Outcome write() {
        return change(false);
    }

    Outcome delete() {
        return change(true);
    }

    private Outcome change(boolean deletes) {
        WriteNumber stamp = new WriteNumber(epoch, ++number);
        history.begin(id, stamp, deletes);
        Outcome outcome = outcome(stamp, deletes);
        history.end(id, stamp, outcome);
        return outcome;
    }

    private Outcome outcome(WriteNumber stamp, boolean deletes) {
        while (true) {
            try {
                return answered(send(transaction(stamp, deletes)));
            } catch (NoAnswer e) {
                boolean refused = e.refused && !makes(Mistake.REFUSAL_IS_UNCERTAIN);
                if (refused || makes(Mistake.SENDS_AGAIN)) {
                    continue;
                } else if (makes(Mistake.TIMEOUT_IS_CERTAIN)) {
                    return Outcome.NOT_WRITTEN;
                }
                boolean done = settle();
                if (done || makes(Mistake.SETTLES_BY_READING) || makes(Mistake.NO_FENCE)) {
                    return done ? Outcome.ACKNOWLEDGED : Outcome.NOT_WRITTEN;
                }
            }
        }
    }

    private Outcome answered(TxnResponse answer) {
        if (answer.getSucceeded()) {
            revision = answer.getHeader().getRevision();
            return Outcome.ACKNOWLEDGED;
        }
        revision = revisionOf(etcd.get(statusKey));
        if (makes(Mistake.TAKES_OVER_IN_SILENCE)) {
            fence = etcd.txn(TxnRequest.newBuilder()
                            .addSuccess(put(ownerKey, ByteString.EMPTY, 0))
                            .build())
                    .getHeader()
                    .getRevision();
        }
        return Outcome.NOT_WRITTEN;
    }

    /** Returns whether the key has changed. */
    private boolean settle() {
        if (!makes(Mistake.SETTLES_BY_READING) && !makes(Mistake.NO_FENCE)) {
            long leaseOfKey = makes(Mistake.RAISES_WITHOUT_THE_LEASE) ? 0 : lease;
            fence = etcd.txn(TxnRequest.newBuilder()
                            .addCompare(unchangedSince(ownerKey, fence))
                            .addSuccess(put(ownerKey, ByteString.EMPTY, leaseOfKey))
                            .build())
                    .getHeader()
                    .getRevision();
            calls++;
        }
        calls++;
        long before = revision;
        revision = revisionOf(etcd.get(statusKey));
        return revision != before;
    }

    private TxnRequest transaction(WriteNumber stamp, boolean deletes) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        if (makes(Mistake.GUARDS_ON_THE_CREATION)) {
            txn.addCompare(Compare.newBuilder()
                    .setKey(RawEtcd.bytes(ownerKey))
                    .setTarget(Compare.CompareTarget.CREATE)
                    .setCreateRevision(created));
        } else if (!makes(Mistake.NO_FENCE)) {
            txn.addCompare(unchangedSince(ownerKey, fence));
        }
        if (!makes(Mistake.NO_GUARD_OF_THE_KEY)) {
            txn.addCompare(unchangedSince(statusKey, revision));
        }
        ByteString value = ByteString.copyFrom(StatusCodec.encode(stamp.status()));
        return txn.addSuccess(deletes ? delete(statusKey) : put(statusKey, value, 0))
                .build();
    }

    private TxnResponse send(TxnRequest request) throws NoAnswer {
        calls++;
        Way way = ways.isEmpty() ? Way.GOES : ways.remove();
        switch (way) {
            case IS_REFUSED -> throw new NoAnswer(true);
            case IS_LATE -> {
                late.add(request);
                throw new NoAnswer(false);
            }
            case LOSES_THE_ANSWER -> {
                etcd.txn(request);
                throw new NoAnswer(false);
            }
            default -> {
                return etcd.txn(request);
            }
        }
    }

    /** Makes the late transactions arrive. */
    void whatIsLateArrives() {
        late.forEach(etcd::txn);
        late.clear();
    }

    void read() {
        long start = System.nanoTime();
        history.read(id, ObservedNode.stampOf(etcd.get(statusKey)), start);
    }

    private static long revisionOf(@Nullable KeyValue stored) {
        return stored == null ? 0 : stored.getModRevision();
    }

    private static Compare unchangedSince(String key, long revision) {
        return Compare.newBuilder()
                .setKey(RawEtcd.bytes(key))
                .setTarget(Compare.CompareTarget.MOD)
                .setModRevision(revision)
                .build();
    }

    private static RequestOp put(String key, ByteString value, long lease) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder()
                        .setKey(RawEtcd.bytes(key))
                        .setValue(value)
                        .setLease(lease))
                .build();
    }

    private static RequestOp delete(String key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(RawEtcd.bytes(key)))
                .build();
    }
}
