#!/usr/bin/env python3
"""Examines archives of mail on a Spark cluster with `authres mbox`: one row a message in Parquet, and the summary.

    spark-submit --master local[2] samples/spark/authres_job.py --output OUT PATH... [-- FLAGS OF authres mbox...]

README.md beside this file has what is split where, what is needed on the workers, and how the DNS is asked at scale.
"""
import argparse
import dataclasses
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import threading

# The object of `authres mbox --report json` (README.md, "Reports"): declared, so that a table does not depend on what the
# first messages happen to hold.
SOURCED = {"source": "string", "value": "string"}
MESSAGE = {
    "authserv_id": "string",
    "dns": [{"name": "string", "outcome": "string", "type": "string", "zone": ["string"]}],
    "dns_failures": [{"name": "string", "outcome": "string", "type": "string"}],
    "envelope": {
        "client": SOURCED, "helo": SOURCED,
        "hop": {"auth": "boolean", "host": "string", "layout": "string", "received": "int", "tls": "boolean",
                "with": "string"},
        "mail_from": SOURCED, "reason": "string", "received_at": SOURCED, "reverse_name": SOURCED,
    },
    "error": "string",
    "field_proof": "string",
    "file": "string",
    "header_field": "string",
    "judged_at": "string",
    "message_id": "string",
    "octets": "bigint",
    "odd_lines": "int",
    "offset": "bigint",
    "other_fields": ["string"],
    "policy": {"action": "string", "dry_run": "boolean", "reply": "string", "rule": "string",
               "tried": {"action": "string", "reply": "string", "rule": "string"}},
    "removed": [{"id": "string", "index": "int", "name": "string", "place": "string", "position": "int",
                 "reason": "string"}],
    "results": [{"comment": "string", "method": "string",
                 "properties": [{"name": "string", "type": "string", "value": "string"}],
                 "reason": "string", "result": "string"}],
    "spf_explanation": "string",
    "unknown_client": "string",
    "variant": "string",
}

# Octets that a gzip, bzip2, xz, zstd, zip, 7-Zip file begins with: what is packed is read from its beginning.
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PK\3\4", b"PK\5\6", b"7z\xbc\xaf\x27\x1c")
# What Spark holds of a file that it reads itself: one Java array.
SPARK_FILE_LIMIT = 2**31 - 1
# Files of one message each that one run examines.
BUNDLE_FILES = 1000
# sysexits.h: what is no archive, and what cannot be read. Everything else is a fault of the run, which Spark repeats.
NO_ARCHIVE, NO_INPUT = 65, 66


def ddl(kind):
    """A type of the declared schema as Spark writes it."""
    if isinstance(kind, list):
        return f"ARRAY<{ddl(kind[0])}>"
    if isinstance(kind, dict):
        return "STRUCT<" + ", ".join(f"`{name}`: {ddl(member)}" for name, member in kind.items()) + ">"
    return kind.upper()


@dataclasses.dataclass(frozen=True)
class Part:
    """What one task examines: a part of a plain mbox, a file, or a bundle of the files of a folder."""
    paths: tuple
    range: tuple = None
    is_bundle: bool = False


def ranges(size, split):
    """Cuts of a plain mbox: they meet, and the last one has no end, for what is appended meanwhile is in none."""
    starts = range(0, max(size, 1), split)
    return [(start, min(start + split, size)) for start in starts]


def is_packed(beginning):
    return beginning.startswith(PACKED) or beginning[257:262] == b"ustar"


def plan(files, split, beginning):
    """The parts of the run. `files`: path, size, whether it was found in a folder; `beginning`: reads the octets at the
    beginning of a file."""
    parts, bundle, bundled = [], [], 0
    for path, size, is_member in files:
        if size > split and not is_packed(beginning(path)):
            parts += [Part((path,), cut) for cut in ranges(size, split)]
        elif size > split or not is_member:
            parts.append(Part((path,)))
        else:
            bundle.append(path)
            bundled += size
            if len(bundle) == BUNDLE_FILES or bundled > split:
                parts.append(Part(tuple(bundle), is_bundle=True))
                bundle, bundled = [], 0
    return parts + ([Part(tuple(bundle), is_bundle=True)] if bundle else [])


def tar_of(members, out):
    """Writes files, each a path and a function that opens it, as the folder that they come from."""
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path, size, opened in members:
            entry = tarfile.TarInfo(path)
            entry.size = size
            with opened() as source:
                tar.addfile(entry, source)


def lines_of(command, path, feed=None, is_bundle=False):
    """The lines of the report of one run. `feed` writes its standard input: the file, or a bundle of files."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen([*command, path if feed is None else "-"], stdout=subprocess.PIPE, stderr=complaints,
                                   stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE)
        failure = []

        def write():
            try:
                feed(process.stdin)
                process.stdin.close()
            except BrokenPipeError:
                pass  # The program has ended, and says why.
            except BaseException as error:
                failure.append(error)
                process.kill()

        writer = threading.Thread(target=write) if feed else None
        if writer:
            writer.start()
        try:
            # Standard input gets the name of what it is. A quotation mark within a value has a backslash before it, so that
            # this is the key, and there is one.
            key, name = '"file":"', json.dumps(path, ensure_ascii=False)[1:-1]
            for line in process.stdout:
                text = line.decode()
                if is_bundle:
                    text = text.replace(key + "-:", key, 1)
                elif feed:
                    text = text.replace(key + "-", key + name, 1)
                yield text
        finally:
            process.stdout.close()
            if sys.exc_info()[0]:
                process.kill()
            code = process.wait()
            if writer:
                writer.join()
        if failure:
            raise failure[0]
        complaints.seek(0)
        told = complaints.read().decode(errors="replace").splitlines()
    if code in (NO_ARCHIVE, NO_INPUT):
        yield json.dumps({"file": path, "error": (told or [f"exit code {code}"])[-1].removeprefix("authres: ")})
    elif code != 0:
        raise RuntimeError(f"authres ended with {code} on {path}: " + "\n".join(told[-5:]))


def examine(part, command):
    """The rows of one part: its first path, and a line of the report."""
    if part.is_bundle:
        members = [(path, os.path.getsize(path), lambda path=path: open(path, "rb")) for path in part.paths]
        lines = lines_of(command, part.paths[0], lambda out: tar_of(members, out), is_bundle=True)
    else:
        cut = ["--range", "{}-{}".format(*part.range)] if part.range else []
        lines = lines_of([*command, *cut], part.paths[0])
    return ((part.paths[0], line) for line in lines)


def examine_contents(rows, command, members):
    """The same for files that Spark has read itself: path and octets."""
    bundle = []
    for path, content in rows:
        if path in members:
            bundle.append((path, len(content), lambda content=content: io.BytesIO(content)))
        else:
            for line in lines_of(command, path, lambda out, content=content: out.write(content)):
                yield path, line
    if bundle:
        for line in lines_of(command, bundle[0][0], lambda out: tar_of(bundle, out), is_bundle=True):
            yield bundle[0][0], line


def found(spark, patterns):
    """Every file of files, folders and globs: its path, size, whether it was found in a folder; local ones as paths."""
    hadoop, configuration = spark._jvm.org.apache.hadoop.fs, spark._jsc.hadoopConfiguration()
    for pattern in patterns:
        path = hadoop.Path(pattern)
        system = path.getFileSystem(configuration)
        matches = system.globStatus(path)
        if not matches:
            raise SystemExit(f"{pattern}: there is no such file")
        for match in matches:
            listed = system.listFiles(match.getPath(), True)
            statuses = []
            while listed.hasNext():
                statuses.append(listed.next())
            for status in sorted(statuses, key=lambda status: status.getPath().toString()):
                uri = status.getPath().toUri()
                name = uri.getPath() if uri.getScheme() == "file" else status.getPath().toString()
                yield name, status.getLen(), match.isDirectory()


def beginning_of(path):
    with open(path, "rb") as source:
        return source.read(512)


def report_rows(spark, options, command):
    """Path and line of the report, for every message and every file that is no archive."""
    files = list(found(spark.sparkContext, options.paths))
    is_shared = all(path.startswith("/") for path, _, _ in files) and not options.read_by_spark
    if is_shared:
        parts = plan(files, options.split, beginning_of)
        return spark.sparkContext.parallelize(parts, max(len(parts), 1)).flatMap(lambda part: examine(part, command))
    large = [(path, json.dumps({"file": path, "error": "is larger than Spark reads in one piece (2 GiB)"}))
             for path, size, _ in files if size > SPARK_FILE_LIMIT]
    rows = spark.sparkContext.parallelize(large, 1)
    small = [(path, is_member) for path, size, is_member in files if size <= SPARK_FILE_LIMIT]
    if small:
        members = {path for path, is_member in small if is_member}
        read = spark.read.format("binaryFile").load([path for path, _ in small]).select("path", "content").rdd
        rows = rows.union(read.map(lambda row: (row.path.removeprefix("file:"), bytes(row.content))).mapPartitions(
            lambda contents: examine_contents(contents, command, members)))
    return rows


def write_summary(table, options):
    """The lines once more, through `authres report`: the same summary as that of one run."""
    from pyspark.sql import functions
    command = [options.authres, "report", "-", "--summary-json", os.path.join(options.summary)]
    command += ["--summary-html", options.page] if options.page else []
    lines = table.select(functions.to_json(functions.struct(*MESSAGE)).alias("line"))
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    for row in lines.toLocalIterator(prefetchPartitions=True):
        process.stdin.write(row.line.encode() + b"\n")
    process.stdin.close()
    # NO_ARCHIVE: some of the lines are of files that are no archives.
    if process.wait() not in (0, NO_ARCHIVE):
        raise SystemExit(f"{' '.join(command)}: ended with {process.returncode}")


def write_zone(table, path):
    """Every answer that was used, once, as a master file: for --zone in a second pass that asks nobody."""
    from pyspark.sql import functions
    answers = table.select(functions.explode("dns").alias("dns")).groupBy("dns.name", "dns.type").agg(
        functions.first("dns.zone").alias("zone"))
    with open(path, "w", encoding="utf-8") as out:
        for row in answers.orderBy("name", "type").toLocalIterator():
            out.writelines(line + "\n" for line in row.zone)


def arguments():
    own, flags = sys.argv[1:], []
    if "--" in own:
        flags = own[own.index("--") + 1:]
        own = own[:own.index("--")]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0], epilog="Flags after -- go to `authres mbox`.")
    parser.add_argument("paths", nargs="+", help="files, folders, globs; local, hdfs:, s3a:, ...")
    parser.add_argument("--output", required=True, help="folder of the Parquet files, which must not be there yet")
    parser.add_argument("--summary", help="write the summary to this local file, as JSON")
    parser.add_argument("--page", help="write the summary to this local file, as a page (with --summary)")
    parser.add_argument("--zone-out", help="write the DNS answers that were used to this local file, for --zone")
    parser.add_argument("--split", type=int, default=128 << 20, help="octets of a part (default: 128 MiB)")
    parser.add_argument("--authres", default="authres", help="the program, as the workers find it")
    parser.add_argument("--read-by-spark", action="store_true", help="local files too: the workers see no common disk")
    options = parser.parse_args(own)
    if options.split < 1 or (options.page and not options.summary):
        parser.error("--split takes octets; --page needs --summary")
    return options, flags


def main():
    from pyspark.sql import SparkSession, functions
    options, flags = arguments()
    # Spark decides how much is done at a time; every task has one core.
    command = [options.authres, "mbox", "--report", "json", "--jobs", "1", *flags]
    if options.zone_out and "--report-dns" not in flags:
        command.append("--report-dns")
    builder = SparkSession.builder.appName("authres")
    if options.read_by_spark:
        # Hadoop's local files, with their checksums, cannot have a colon in their names, as those of a Maildir do
        # (HADOOP-14217); without, they can.
        builder = builder.config("spark.hadoop.fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem")
        builder = builder.config("spark.hadoop.fs.file.impl.disable.cache", "true")
    spark = builder.getOrCreate()
    schema = ", ".join(f"`{name}` {ddl(kind)}" for name, kind in MESSAGE.items())
    rows = spark.createDataFrame(report_rows(spark, options, command), "source STRING, line STRING")
    parsed = rows.select("source", functions.from_json("line", schema, {"mode": "FAILFAST"}).alias("message"))
    parsed.select("source", "message.*").write.parquet(options.output)
    table = spark.read.schema("source STRING, " + schema).parquet(options.output)
    if options.summary:
        write_summary(table, options)
    if options.zone_out:
        write_zone(table, options.zone_out)
    errors = table.where("error IS NOT NULL").count()
    print(f"{table.count() - errors} messages, {errors} files that are no archives")
    spark.stop()


if __name__ == "__main__":
    main()
