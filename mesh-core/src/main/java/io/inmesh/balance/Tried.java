package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import java.util.Arrays;
import java.util.List;

/** Endpoints already tried in one call; a handful, so a scan is the fastest test. Not thread-safe. */
public final class Tried {

    private Endpoint[] endpoints = new Endpoint[2];
    private int size;

    /** Makes an empty set. */
    public Tried() {}

    /** Adds an endpoint. */
    public void add(Endpoint endpoint) {
        if (contains(endpoint)) {
            return;
        }
        if (size == endpoints.length) {
            endpoints = Arrays.copyOf(endpoints, size * 2);
        }
        endpoints[size++] = endpoint;
    }

    /** {@return whether an endpoint was tried} */
    public boolean contains(Endpoint endpoint) {
        for (int i = 0; i < size; i++) {
            if (endpoints[i] == endpoint) {
                return true;
            }
        }
        return false;
    }

    /** {@return the endpoints tried, in order} */
    public List<Endpoint> endpoints() {
        return List.of(Arrays.copyOf(endpoints, size));
    }

    /** {@return how many were tried} */
    public int size() {
        return size;
    }
}
