package io.containerstatus.benchmarks;

import io.containerstatus.Status;
import io.containerstatus.StatusCodec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** Encodes and decodes a status, with the codec and with Jackson's data binding alone. */
@State(Scope.Thread)
public class CodecBenchmark {
    private static final JsonMapper PLAIN = JsonMapper.builder().build();
    private static final ObjectWriter PLAIN_WRITER = PLAIN.writerFor(PlainStatus.class);
    private static final ObjectReader PLAIN_READER = PLAIN.readerFor(PlainStatus.class);

    /** {@code typical} or {@code minimal}. */
    @Param({"typical", "minimal"})
    public String record = "typical";

    private Status status = Samples.TYPICAL;
    private PlainStatus plain = PlainStatus.of(status);
    private byte[] document = StatusCodec.encode(status);

    /** Prepares the record of the parameter. */
    @Setup
    public void prepare() {
        status = record.equals("typical") ? Samples.TYPICAL : Samples.MINIMAL;
        plain = PlainStatus.of(status);
        document = StatusCodec.encode(status);
    }

    /** Encodes with the codec. */
    @Benchmark
    public byte[] encode() {
        return StatusCodec.encode(status);
    }

    /** Encodes with Jackson alone. */
    @Benchmark
    public byte[] encodePlain() {
        return PLAIN_WRITER.writeValueAsBytes(plain);
    }

    /** Decodes with the codec. */
    @Benchmark
    public Status decode() {
        return StatusCodec.decode(document);
    }

    /** Decodes with Jackson alone. */
    @Benchmark
    public Object decodePlain() {
        return PLAIN_READER.readValue(document);
    }
}
