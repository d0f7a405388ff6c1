package io.inmesh.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import javax.net.ssl.TrustManager;

/** The server speaks xDS to anyone, so it knows nothing of our data plane, and little of its own wire format. */
@AnalyzeClasses(packages = "io.inmesh.server", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule knowsNothingOfTheDataPlane = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("io.inmesh..")
                    .and(not(resideInAnyPackage("io.inmesh.server..", "io.inmesh.xds.."))))
            .because("what the two share is the wire, so that either side can be replaced");

    @ArchTest
    static final ArchRule readsConfigurationWithoutWireFormat = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.inmesh.server.model..",
                    "io.inmesh.server.rule..",
                    "io.inmesh.server.service..",
                    "io.inmesh.server.semantic..",
                    "io.inmesh.server.validate..",
                    "io.inmesh.server.store..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("com.google.protobuf..", "io.inmesh.xds..", "io.grpc..")
                    .and(not(resideInAPackage("io.inmesh.xds.cel"))))
            .because(
                    "what operators write means the same whoever receives it; conditions are a language that both sides"
                            + " read, and no messages");

    @ArchTest
    static final ArchRule signsInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("io.inmesh.server.ca..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("org.bouncycastle..").and(not(resideInAnyPackage("org.bouncycastle.crypto.."))))
            .because("certificates are made, and reviewed, in one package");

    @ArchTest
    static final ArchRule hashesPasswordsInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackages("io.inmesh.server.ca..", "io.inmesh.server.access..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle.crypto..")
            .because("how passwords are kept is decided, and reviewed, in one package");

    @ArchTest
    static final ArchRule trustsInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("io.inmesh.server.ca..")
            .should()
            .beAssignableTo(TrustManager.class)
            .because("whom to trust is decided, and reviewed, in one package");

    @ArchTest
    static final ArchRule hasNoPackageCycle =
            slices().matching("io.inmesh.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule logsThroughSlf4j = GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
}
