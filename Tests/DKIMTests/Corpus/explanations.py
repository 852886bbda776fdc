"""Why a verifier disagrees: (verifier or None for both, pattern of case names, reason). The first that fits counts."""

P, M = "dkimpy", "Mail::DKIM"
EXPLANATIONS = [
    # Not implemented
    (M, r"[eE]d25519|several: (three|good)", "Mail::DKIM 1.20230212 has no Ed25519 (RFC 8463 makes it a must)"),
    (M, r"several: malformed", "Mail::DKIM does not count a signature that it cannot parse, so that the results move up"),
    (P, r"q=http/get", "dkimpy compares q= as a whole (RFC 6376 3.5: a list; unknown methods are passed over)"),
    (M, r"q=http/get :", "Mail::DKIM does not skip the white space of the list (erratum 4810)"),
    # Headers
    (None, r"(space|tab) before the .*colon", "White space before a colon: refused or kept by the verifier, where relaxed canonicalisation takes it away, and where simple keeps it (RFC 6376 3.4.1, 3.4.2)"),
    (P, r"body: LF alone", "dkimpy turns every LF into CRLF before it verifies; a signature covers the octets as they are (RFC 6376 3.4.3)"),
    (None, r"a DKIM-Signature above|h=: DKIM-Signature, and there is no other|h=: an older DKIM-Signature, signed twice", "The verifier lets h= select the signature that is being verified, which RFC 6376 3.5 excludes"),
    (None, r"h=: a space|h=: an empty|h=: a colon", "h= is not held to its grammar (RFC 6376 3.5: sig-h-tag)"),
    (None, r"h=: (no From|500 names and no From)$|eai: .*From not signed", "From must be signed (RFC 6376 5.4)"),
    (None, r"h=: no From in the message", "A message without From is none that RFC 5322 knows; required field absent (RFC 8601 2.7.1)"),
    (None, r"and another|behind a CR", "A field is signed once and stands twice: the signature is right, and what a reader sees may be the other field (RFC 6376 8.15). Reported as policy here"),
    (None, r"several: twelve|of 16384", "A limit of ours, said as neutral or policy with a reason; the verifier has none or a larger one"),
    # Tag lists
    (M, r"tags: .*twice|key: .*twice", "Mail::DKIM lets one of two equal tags win (RFC 6376 3.2: the whole list is invalid)"),
    (None, r"tags: (a control|CR in)", "A value is not held to its grammar (RFC 6376 3.2: VALCHAR)"),
    (None, r"tags: (a hyphen|a digit first|an empty tag|two semi)|key: two semi", "The list is not held to its grammar (RFC 6376 3.2)"),
    (P, r"tags: (b= first, white|white space around the value of b|.* around the = of b|space around every)", "dkimpy leaves the white space around the value of b= in the hash (RFC 6376 3.7: deleted)"),
    (M, r"tags: (no v=|v= empty|v=0)", "Mail::DKIM takes a signature without v=1 for one of a draft (RFC 6376 3.5)"),
    (M, r"tags: (no bh=|bh= empty)", "Mail::DKIM computes what is not there: bh= is required (RFC 6376 3.5)"),
    (M, r"a=RSA|c=", "Mail::DKIM ignores case, or takes an empty value for the default (RFC 6376 3.2: values are case-sensitive)"),
    (None, r"eai: (z= in ISO|an unknown tag|h= in|the name of a tag|i= in ISO|d= in ISO)", "Octets above 127 where RFC 8616 has none, or that are no UTF-8 (RFC 6376 3.2: VALCHAR)"),
    (None, r"eai: i= (below|as an A|of d= in another|with its)|eai: t=s and", "i= and d= are not compared as A-labels (RFC 8616 4)"),
    # Algorithms and values
    (None, r"a=rsa-sha1|eai: .*rsa-sha1", "rsa-sha1 must not be verified (RFC 8301 3.1)"),
    (P, r"a=.*(Ed25519|RSA) key", "dkimpy takes the algorithm from the key, not from a= (RFC 6376 6.1.2: must agree)"),
    (None, r"b=: (an octet|padding|bits)", "base64 is not held to its grammar (RFC 4648 3.2, 3.3, 3.5)"),
    (P, r"b=: longer", "dkimpy reads the signature as a number, whatever its length (RFC 8017 8.2.2: as long as the modulus)"),
    (None, r"d=com|eai: d= of one label", "d= of one label (RFC 6376 3.5: at least two)"),
    (P, r"d=example.com\.$", "d= with a dot at the end (RFC 6376 3.5)"),
    (None, r"i= joe|i=joe=40", "i= is not decoded before it is compared (RFC 6376 2.11)"),
    (None, r"i=", "i= is not held to its grammar (RFC 6376 3.5: Local-part)"),
    (None, r"l=: (with|empty|77)|t=(\+|-|abc|1 6|16000000000|1600000000junk|$)", "A number is not held to its grammar (RFC 6376 3.5)"),
    (None, r"l=: (76|one more)", "l= larger than the body must fail (RFC 6376 3.5, 3.7)"),
    (None, r"l=: |eai: .*l= of a part", "The signature is right and leaves a part of the body unsigned: reported as policy here (RFC 6376 8.2)"),
    (None, r"t=1600000301|t=9999", "A signature from the future is reported as policy here (RFC 6376 3.5: MAY)"),
    (None, r"t=None x=", "Clocks: 300 seconds of grace here, 36,000 in dkimpy, none in Mail::DKIM (RFC 6376 leaves it open)"),
    # Keys
    (M, r"key: PKCS#1", "Mail::DKIM reads SubjectPublicKeyInfo only (RFC 6376 3.6.1; errata 3017, 7001)"),
    (None, r"key: (a revoked one besides|of both types|other TXT|two, |five, )", "Several TXT records: the verifier takes the first, whatever it is (RFC 6376 3.6.2.2 leaves it open)"),
    (M, r"key: g=", "Mail::DKIM still obeys g=, which RFC 6376 took away (C.1)"),
    (M, r"key: h=sha1:sha256", "Mail::DKIM does not skip the white space of the list (RFC 6376 3.6.1)"),
    (P, r"key: h=sha1$", "dkimpy does not read h= of a key (RFC 6376 6.1.2)"),
    (P, r"key: s=tlsrpt:email", "dkimpy compares s= as a whole (RFC 6376 3.6.1: a list)"),
    (P, r"key: t=", "dkimpy does not obey t=s (RFC 6376 3.6.1)"),
    (M, r"key: t=y:s", "Mail::DKIM does not skip the white space of the list (RFC 6376 3.6.1)"),
    (None, r"key: v= not first", "v= must be first in a key record (RFC 6376 3.6.1)"),
    (None, r"key: of (512|1020)|eai: .*weak key", "RSA keys under 1,024 bits (RFC 8301 3.2)"),
    (None, r"key: (octets behind|junk|NUL|an algorithm with)", "The key is not held to its grammar: octets are passed over (RFC 6376 2.10, 3.2; DER has no octets behind it)"),
    (None, r"key: .*(empty|colon too many|quotes)", "The key record is not held to its grammar (RFC 6376 3.2, 3.6.1)"),
    # Bodies
    (M, r"no CRLF", "Mail::DKIM does not end the last line of a simple body (RFC 6376 3.4.3)"),
]
