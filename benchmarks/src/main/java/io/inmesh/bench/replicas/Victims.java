package io.inmesh.bench.replicas;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Whom something can happen to.
 *
 * @param servers the control servers
 * @param store the members of etcd
 * @param fleet the light processes
 */
record Victims(Servers servers, Store store, Fleet fleet) {

    /** {@return the control server that leads} */
    Member leader() throws IOException, InterruptedException {
        return servers.leader();
    }

    /** {@return of the control servers that do not lead the one with the most processes} */
    Member follower() throws IOException, InterruptedException {
        Member leader = leader();
        return busiest(
                servers.members().stream().filter(member -> member != leader).toList());
    }

    /** {@return the control server with the most processes, which notice what happens to it} */
    Member busiest() {
        return busiest(servers.members());
    }

    private Member busiest(List<Member> among) {
        Map<String, Long> processes = fleet.byServer();
        return among.stream()
                .max(Comparator.comparingLong(member -> processes.getOrDefault(servers.address(member), 0L)))
                .orElseThrow();
    }

    /** {@return a member of etcd that does not lead} */
    Member storeFollower() throws IOException, InterruptedException {
        Member leader = store.leader();
        return store.members().stream()
                .filter(member -> member != leader)
                .findFirst()
                .orElseThrow();
    }

    /** {@return all control servers} */
    Member[] allServers() {
        return servers.members().toArray(Member[]::new);
    }

    /** {@return all members of etcd} */
    Member[] allOfTheStore() {
        return store.members().toArray(Member[]::new);
    }
}
