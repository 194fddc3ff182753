package io.containerstatus.benchmarks;

/** A place that holds a record a key, and acknowledges a record when a power cut cannot take it away any more. */
interface DurableKeys {
    /** Replaces the record; returns when it is durable. Any number of threads may call it. */
    void put(String key, byte[] document) throws Exception;

    /** Returns the record. */
    byte[] get(String key) throws Exception;
}
