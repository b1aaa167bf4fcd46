"""The officers' desk: what customs and market regulation do with many labels at once, at a border post without a
network, and with the evidence under a label.

Map
    refusals            why the desk says no
    numbers             a CSV file or workbook -> the numbers in it, each with its cell
    archives            a zip of labels -> its files, under limits
    rows                one row of the answer: number, verdict, standing, what the label says
    judging             numbers through all steps
    sharing             a long run of numbers, shared between this process and helpers
    helper              what a helper does
    checking            many numbers or files against trust and knowledge that are read once
    working             a bulk check under way: chunks, what is kept, going on after an interruption
    exports             the rows of a check as CSV, workbook and JSON
    bulk                bulk checks: asked, run by a job, looked at
    knowing             log, register and checkpoints of this installation, read once
    packs               the offline pack
    requests            sealed evidence: asked for, granted, refused, opened by legal duty
    parts               the parts of the evidence under a label, compared with its chain
    evidence            reading a granted part: recorded before it is given
    soundness           requests, answers and accesses in the check of the whole store
    overview            what waits at the desk, and the search
"""
