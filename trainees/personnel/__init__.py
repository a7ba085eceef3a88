"""The personnel form of one cadre (干部任免审批表): `.lrmx` and the older `.lrm`, read within bounds, outside this process.

Facts of the formats: `.lrmx` is UTF-8 with its mark, root `Person`, one child element a field; months are yyyyMM, the
party date may be followed by another party's name, the photo is base64. `.lrm` is one GBK line of quoted fields whose
first four are name, sex, month of birth and ethnic group; of the others only the ID number is known again by its form.
"""
