package io.containerstatus.etcd;

import io.containerstatus.etcd.wire.Wire.ResponseHeader;
import io.containerstatus.etcd.wire.Wire.TxnResponse;

/**
 * The newest state of etcd that the publisher's transactions and its reads of the owner's key have shown. If a
 * later answer shows an older state, etcd has gone back: it has lost something that it had acknowledged, for
 * example because a backup was restored.
 *
 * <p>The observed calls are made one after the other. The revision and the raft term of their answers never
 * decrease otherwise, whichever member answers. Used on the client's worker.
 */
final class Progress {
    private long revision;
    private long term;
    private boolean hasGoneBack;

    boolean hasGoneBack() {
        return hasGoneBack;
    }

    void observe(TxnResponse answer) {
        ResponseHeader header = answer.getHeader();
        // A write has a revision of its own. If an earlier answer already had this revision, etcd has lost it.
        boolean isOlder = hasWritten(answer) ? header.getRevision() <= revision : header.getRevision() < revision;
        if (isOlder || header.getRaftTerm() < term) {
            hasGoneBack = true;
        }
        revision = Math.max(revision, header.getRevision());
        term = Math.max(term, header.getRaftTerm());
    }

    /** The deletion of a key that does not exist writes nothing. */
    private static boolean hasWritten(TxnResponse answer) {
        return answer.getResponsesList().stream()
                .anyMatch(one ->
                        one.hasResponsePut() || one.getResponseDeleteRange().getDeleted() > 0);
    }

    /** Notes that etcd has had this revision. */
    void hasReached(long reached) {
        revision = Math.max(revision, reached);
    }

    /** Notes that something else has shown that etcd has gone back. */
    void goneBack() {
        hasGoneBack = true;
    }

    /** Forgets all answers. The next answer is the first one. */
    void restart() {
        revision = 0;
        term = 0;
        hasGoneBack = false;
    }
}
