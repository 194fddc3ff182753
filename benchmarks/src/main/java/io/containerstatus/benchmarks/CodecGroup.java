package io.containerstatus.benchmarks;

import static io.containerstatus.benchmarks.report.Target.atLeast;
import static io.containerstatus.benchmarks.report.Target.atMost;

import io.containerstatus.benchmarks.report.Rounds;
import java.util.List;
import java.util.Map;

/** Compares encoding and decoding with Jackson's data binding alone. */
final class CodecGroup implements Group {
    private static final int CALLS = 1000;
    private static final String PLAIN = " by plain Jackson";

    @Override
    public String name() {
        return "codec";
    }

    @Override
    public void measure(Run run) throws Exception {
        Jmh jmh = new Jmh(run.plan());
        for (String record : List.of("typical", "minimal")) {
            for (String direction : List.of("encode", "decode")) {
                Map<String, String> parameters = Map.of("record", record);
                String name = direction + ", " + record;
                jmh.add(name, CodecBenchmark.class, direction, parameters);
                jmh.add(name + PLAIN, CodecBenchmark.class, direction + "Plain", parameters);
            }
        }
        jmh.run();
        jmh.report(run, name());
        compare(run, jmh, "encode", new CodecBenchmark()::encode);
        compare(run, jmh, "decode", new CodecBenchmark()::decode);
    }

    private void compare(Run run, Jmh jmh, String direction, Body body) throws Exception {
        String what = direction + ", typical";
        Contender.Turn turn = () -> {
            for (int i = 0; i < CALLS; i++) {
                body.call();
            }
            return CALLS;
        };
        // These are speeds, not times: more is better.
        Rounds speed = jmh.nanoseconds(what + PLAIN).dividedBy(jmh.nanoseconds(what));
        run.target(atLeast(name(), direction, what, "plain Jackson databind", 1.2, speed), turn);
        run.target(
                atMost(
                        name(),
                        direction + "-bytes",
                        what + ": bytes allocated",
                        "plain Jackson databind",
                        1.0,
                        "",
                        jmh.bytes(what).dividedBy(jmh.bytes(what + PLAIN))),
                turn);
    }

    private interface Body {
        Object call();
    }
}
