package io.containerstatus.benchmarks;

/** A storage with one record for each key. It acknowledges a record when the record survives a power cut. */
interface DurableKeys {
    /** Replaces the record. Returns when the new record is durable. Any number of threads may call this. */
    void put(String key, byte[] document) throws Exception;

    /** Returns the record. */
    byte[] get(String key) throws Exception;
}
