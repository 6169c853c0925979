"""The benchmark's own engines: compiled against the product's bundles, made a bundle, installed into the running host."""

import os
import re
import zipfile

from lab import ROOT, run

HERE = ROOT / "integration-tests/bench/engines"
NAMES = {"ShapesEngine": "shapes", "PortsEngine": "ports", "AgainEngine": "ports-again", "AsideEngine": "ports-aside", "JavaEngine": "java", "FewEngine": "few", "MeterEngine": "meter"}
API = "engine packet table table.shared model".split()
COMPONENT = """<?xml version="1.0" encoding="UTF-8"?>
<scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="org.vnetwork.bench.{type}">
  <property name="vnetwork.engine.name" type="String" value="{name}"/>
  <service scope="prototype">
    <provide interface="org.vnetwork.engine.ForwardingEngine"/>
  </service>
  <implementation class="org.vnetwork.bench.{type}"/>
</scr:component>
"""


def class_path():
    return os.pathsep.join(str(jar) for jar in (ROOT / "product/target/vnet/bundles").glob("*.jar"))


def install(lab, host, version="0.1.0"):
    """Puts the engines into a host, under the names above; another version stands beside the one before."""
    classes = lab.work / "engines"
    run(java("javac"), "-proc:none", "-d", classes, "-cp", class_path(), *HERE.glob("*.java"))
    bundle = lab.work / f"engines-{version}.jar"
    with zipfile.ZipFile(bundle, "w") as jar:
        jar.writestr("META-INF/MANIFEST.MF", manifest(version))
        for kind, name in NAMES.items():
            jar.writestr(f"OSGI-INF/{kind}.xml", COMPONENT.format(type=kind, name=name))
        for file in classes.rglob("*.class"):
            jar.write(file, file.relative_to(classes))
    host.sh(f"felix:start {bundle.as_uri()}")


def manifest(version):
    lines = ["Manifest-Version: 1.0", "Bundle-ManifestVersion: 2", "Bundle-SymbolicName: org.vnetwork.bench", f"Bundle-Version: {version}",
             "Import-Package: " + ",\r\n ".join("org.vnetwork." + name for name in API),
             "Service-Component: " + ",\r\n ".join(f"OSGI-INF/{kind}.xml" for kind in NAMES)]
    return "\r\n".join(lines) + "\r\n"


def second_learning(lab, host, version):
    """Puts the product's learning engine in once more, as another version: the same classes."""
    original = next((ROOT / "product/target/vnet/bundles").glob("org.vnetwork.engine.learning-*.jar"))
    copy = lab.work / f"learning-{version}.jar"
    with zipfile.ZipFile(original) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "META-INF/MANIFEST.MF":
                data = re.sub(rb"Bundle-Version: [^\r\n]*", f"Bundle-Version: {version}".encode(), data)
            new.writestr(name, data)
    host.sh(f"felix:start {copy.as_uri()}")


def java(tool):
    return os.path.join(os.environ["JAVA_HOME"], "bin", tool)
