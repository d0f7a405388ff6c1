package io.inmesh.grpc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import javax.net.ssl.TrustManager;

/** An adapter translates; policy, trust and the control plane are not its business. */
@AnalyzeClasses(packages = "io.inmesh.grpc", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule holdsNoPolicy = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.inmesh.route",
                    "io.inmesh.cluster",
                    "io.inmesh.balance",
                    "io.inmesh.retry",
                    "io.inmesh.health",
                    "io.inmesh.limit",
                    "io.inmesh.fault",
                    "io.inmesh.snapshot",
                    "io.inmesh.stage")
            .allowEmptyShould(true)
            .because("one policy serves every transport; an adapter asks the engine and reports back");

    @ArchTest
    static final ArchRule knowsNoOtherTransport = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "okhttp3..", "com.google.protobuf..", "io.inmesh.xds..", "io.inmesh.client..", "jakarta..")
            .allowEmptyShould(true)
            .because("a user pays only for what they use");

    @ArchTest
    static final ArchRule trustsNobodyByItself = noClasses()
            .should()
            .beAssignableTo(TrustManager.class)
            .allowEmptyShould(true)
            .because("whom to trust is decided in io.inmesh.identity, and nowhere else");

    @ArchTest
    static final ArchRule hasNoPackageCycle =
            slices().matching("io.inmesh.(**)").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule printsNothing =
            GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.allowEmptyShould(true);

    @ArchTest
    static final ArchRule logsThroughSlf4j =
            GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.allowEmptyShould(true);
}
