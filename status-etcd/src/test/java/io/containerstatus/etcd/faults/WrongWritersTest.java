package io.containerstatus.etcd.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.StatusCodec;
import io.containerstatus.etcd.faults.HistoryEntry.Outcome;
import io.containerstatus.etcd.faults.ScriptedWriter.Mistake;
import io.containerstatus.etcd.faults.ScriptedWriter.Way;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests writers that only seem to work, on a real server. The checks find a mistake in each of them, and none
 * in the writer from which they are derived.
 */
class WrongWritersTest {
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static EtcdCluster cluster;

    private final List<String> wrong = new ArrayList<>();
    private @Nullable Mistake mistake;
    private History history;
    private String prefix;

    @BeforeAll
    static void start() {
        cluster = EtcdCluster.of(1);
    }

    @AfterAll
    static void end() {
        if (cluster != null) { // Null if there is no etcd.
            cluster.close();
        }
    }

    @Test
    void theRightOneDoesNothingWrong() {
        tryEverything(null);

        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Mistake.class)
    void eachMistakeIsDetected(Mistake one) {
        tryEverything(one);

        assertThat(wrong).isNotEmpty();
    }

    private void tryEverything(@Nullable Mistake one) {
        mistake = one;
        aWriteIsLate();
        aCreationIsLateAndTheContainerIsDeleted();
        anAnswerIsLost();
        anotherProgramWrites();
        anotherOwnerComesAndGoes();
        theLeaseEnds();
        aMemberHasNoLeader();
    }

    private ScriptedWriter writer(int epoch) {
        if (epoch == 1) {
            history = new History();
            prefix = "/wrong" + PREFIXES.incrementAndGet();
        }
        return new ScriptedWriter(cluster.member().raw, history, prefix, "web-1", epoch, mistake);
    }

    private void expect(boolean right, String otherwise) {
        if (!right) {
            wrong.add(otherwise);
        }
    }

    private void checkHistory(ScriptedWriter last) {
        last.read();
        wrong.addAll(HistoryChecker.check(history).violations());
    }

    private void aWriteIsLate() {
        ScriptedWriter writer = writer(1);
        writer.write();
        writer.ways.add(Way.IS_LATE);
        writer.write();
        writer.read();
        writer.whatIsLateArrives();
        writer.read();
        writer.write();
        checkHistory(writer);
    }

    private void aCreationIsLateAndTheContainerIsDeleted() {
        ScriptedWriter writer = writer(1);
        writer.ways.add(Way.IS_LATE);
        writer.write();
        writer.delete();
        writer.whatIsLateArrives();
        checkHistory(writer);
    }

    private void anAnswerIsLost() {
        ScriptedWriter writer = writer(1);
        writer.write();
        writer.ways.add(Way.LOSES_THE_ANSWER);
        writer.write();
        checkHistory(writer);
    }

    private void anotherProgramWrites() {
        ScriptedWriter writer = writer(1);
        writer.write();
        String foreign = new String(StatusCodec.encode(new WriteNumber(7, 7).status()), StandardCharsets.UTF_8);
        cluster.member().raw.put(prefix + "/s/node7/web-1", foreign);

        expect(writer.write() == Outcome.NOT_WRITTEN, "what another program has written is replaced in silence");
        expect(writer.write() == Outcome.ACKNOWLEDGED, "what another program has written is never replaced");
    }

    private void anotherOwnerComesAndGoes() {
        ScriptedWriter first = writer(1);
        first.write();
        ScriptedWriter second = writer(2);
        second.write();
        second.endLease();
        first.write();
        first.write();
        checkHistory(first);
    }

    private void theLeaseEnds() {
        ScriptedWriter writer = writer(1);
        writer.ways.add(Way.LOSES_THE_ANSWER);
        writer.write();
        writer.endLease();

        expect(cluster.member().raw.get(prefix + "/o/node7") == null, "the owner's key stays without its lease");
    }

    private void aMemberHasNoLeader() {
        ScriptedWriter writer = writer(1);
        writer.ways.add(Way.IS_REFUSED);
        writer.write();

        expect(writer.calls() <= 2, "a refusal takes " + writer.calls() + " calls");
        checkHistory(writer);
    }
}
