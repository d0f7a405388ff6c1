package io.inmesh.inbound;

import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.InboundConfig;
import java.util.stream.Stream;

/** Whether anything asks for the address of clients. Where nothing does, headers about it are not read. */
final class ClientConditions {

    private ClientConditions() {}

    static boolean areIn(InboundConfig config) {
        ExternalAuthorizationConfig external = config.external();
        Stream<AuthorizationConfig.Policy> asked = external == null ? Stream.of() : external.policies().stream();
        Stream<Condition> policies = Stream.concat(
                        asked, config.authorization().stream().flatMap(set -> set.policies().stream()))
                .map(policy -> policy.condition());
        Stream<Condition> limits = config.traffic().rateLimits().stream().map(limit -> limit.match());
        return Stream.concat(policies, limits).anyMatch(ClientConditions::isIn);
    }

    private static boolean isIn(Condition condition) {
        if (condition instanceof Condition.All all) {
            return all.parts().stream().anyMatch(ClientConditions::isIn);
        }
        if (condition instanceof Condition.AnyOf any) {
            return any.parts().stream().anyMatch(ClientConditions::isIn);
        }
        return condition instanceof Condition.Not not ? isIn(not.part()) : condition instanceof Condition.RemoteIp;
    }
}
