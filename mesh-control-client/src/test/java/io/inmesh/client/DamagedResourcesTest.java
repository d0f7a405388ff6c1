package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.inmesh.client.translate.Resource;
import io.inmesh.xds.TypeUrls;
import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.Policy;
import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.rbac.RBAC;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever bytes a resource is made of, at worst that one is refused: the stream and what was there before go on. */
class DamagedResourcesTest {

    private static final int ROUNDS = 4_000;
    private static final String CALLER = "spiffe://inmesh.local/ns/default/sa/productpage";

    static Stream<Arguments> resources() throws Exception {
        return Stream.of(
                of(TypeUrls.CLUSTER, Shapes.cluster(Shapes.REVIEWS)),
                of(TypeUrls.ENDPOINT, Shapes.endpoints(Shapes.REVIEWS, "10.0.0.1", "10.0.0.2")),
                of(TypeUrls.LISTENER, Shapes.outbound("0.0.0.0_9080", "9080", 9080)),
                of(TypeUrls.LISTENER, Shapes.inbound(Shapes.rbac(Shapes.allow(CALLER)))),
                of(TypeUrls.ROUTE, Shapes.routes("9080", Shapes.host("reviews:9080", Shapes.REVIEWS, "reviews"))),
                of(TypeUrls.SECRET, Shapes.roots()));
    }

    private static Arguments of(String typeUrl, Message resource) {
        return Arguments.of(Named.of(resource.getDescriptorForType().getName(), typeUrl), resource);
    }

    @ParameterizedTest
    @MethodSource("resources")
    void damageIsRefusedOrHasAMeaningAndNothingElse(String typeUrl, Message resource) {
        byte[] good = resource.toByteArray();
        String name = Shapes.name(resource);
        ResourceStore store = new ResourceStore(false);
        Random random = new Random(good.length);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ByteString bytes = ByteString.copyFrom(damaged(good, random));
            Update update = new Update(
                    typeUrl,
                    "v" + round,
                    "n" + round,
                    List.of(new Update.Item(random.nextBoolean() ? name : null, "", bytes)),
                    List.of(),
                    random.nextBoolean());
            refused += store.apply(update) == null ? 0 : 1;
        }

        assertThat(refused).isPositive();
        assertThatCode(store::version).doesNotThrowAnyException();
    }

    @Test
    void whatIsNestedTooDeepIsRefusedAndTheOneBeforeStays() {
        Permission permission = Permission.newBuilder().setAny(true).build();
        for (int depth = 0; depth < 300; depth++) {
            permission = Permission.newBuilder().setNotRule(permission).build();
        }
        RBAC deep = RBAC.newBuilder()
                .putPolicies(
                        "deep",
                        Policy.newBuilder()
                                .addPermissions(permission)
                                .addPrincipals(Principal.newBuilder().setAny(true))
                                .build())
                .build();
        ResourceStore store = new ResourceStore(false);
        Resource before = accepted(store, Shapes.inbound(Shapes.rbac(Shapes.allow(CALLER))));

        assertThat(store.apply(update(Shapes.inbound(Shapes.rbac(deep))))).contains("inbound");
        assertThat(store.find(TypeUrls.LISTENER, "inbound")).isSameAs(before);
    }

    private static Resource accepted(ResourceStore store, Message listener) {
        assertThat(store.apply(update(listener))).isNull();
        return store.of(TypeUrls.LISTENER).iterator().next();
    }

    private static Update update(Message listener) {
        return new Update(
                TypeUrls.LISTENER,
                "v",
                "n",
                List.of(new Update.Item(Shapes.name(listener), "", listener.toByteString())),
                List.of(),
                false);
    }

    /** {@return some bytes changed, put in, left out or said twice, or the rest cut off} */
    private static byte[] damaged(byte[] good, Random random) {
        if (good.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        int last = random.nextInt(8) == 0 ? random.nextInt(good.length) : good.length;
        int damages = 1 + random.nextInt(4);
        for (int i = 0; i < last; i++) {
            if (random.nextInt(good.length) >= damages) {
                damaged.write(good[i]);
                continue;
            }
            switch (random.nextInt(4)) {
                case 0 -> damaged.write(good[i] ^ (1 << random.nextInt(8)));
                case 1 -> damaged.write(random.nextInt(256));
                case 2 -> {
                    damaged.write(good[i]);
                    damaged.write(good, i, Math.min(good.length - i, random.nextInt(40)));
                }
                default -> {
                    // Left out.
                }
            }
        }
        return damaged.toByteArray();
    }
}
