package io.inmesh.client.translate;

/**
 * What a config depends on beside the resources: who is going to call.
 *
 * @param locality where this process is, {@code region/zone/subzone}; empty if unknown
 * @param address address of this process, which stands for the source address of its calls
 * @param id what tells this process from all others while it runs
 */
public record Caller(String locality, String address, String id) {}
