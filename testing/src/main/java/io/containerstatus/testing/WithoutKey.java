package io.containerstatus.testing;

import java.lang.reflect.Proxy;
import java.nio.file.attribute.BasicFileAttributes;

/** The attributes of a file on a file system that has no file keys. */
final class WithoutKey {
    private WithoutKey() {}

    static BasicFileAttributes of(BasicFileAttributes real) {
        return (BasicFileAttributes) Proxy.newProxyInstance(
                WithoutKey.class.getClassLoader(),
                new Class<?>[] {BasicFileAttributes.class},
                (proxy, method, arguments) ->
                        method.getName().equals("fileKey") ? null : method.invoke(real, arguments));
    }
}
