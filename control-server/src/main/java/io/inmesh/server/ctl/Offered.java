package io.inmesh.server.ctl;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a shell offers where an option or a parameter is asked for, if that is not known before the server or the file of contexts is looked
 * at. Words that are known beforehand are completion candidates of picocli's and cost no look.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Offered {

    /** {@return what names are offered} */
    Offer value();
}
