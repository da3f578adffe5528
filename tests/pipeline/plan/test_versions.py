import datetime as dt

from pipeline.plan import Approval, assemble, content_hash

APPROVAL = Approval(by="K. Smit", function="arts", at=dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC), version=3)


def hash_of(made):
    return content_hash(made.conversation, made.findings, made.corrections)


def test_the_hash_tells_content_apart_and_nothing_else(review, template):
    made, other = review({}), review({})
    assert hash_of(made) == hash_of(other)
    assert len(hash_of(made)) == 64
    other.does("confirm", "s1")
    assert hash_of(made) != hash_of(other)


def test_the_template_is_in_the_fingerprint_and_not_in_the_hash(review, template):
    made = review({})
    newer = template.model_copy(update={"version": "9.0.0"})
    other = assemble(made.conversation, made.findings, newer)
    assert other.fingerprint != made.plan().fingerprint


def test_the_number_and_the_approval_leave_the_fingerprint_as_it_is(review):
    made = review({})
    plans = [made.plan(), made.plan(number=4), made.plan(approval=APPROVAL)]
    assert len({plan.fingerprint for plan in plans}) == 1


def test_a_draft_says_its_number_and_an_approved_plan_who_approved_it_as_what_and_when(review):
    made = review({})
    mark = made.plan().fingerprint
    assert made.plan().edition == f"concept {mark}"
    assert made.plan(number=4).edition == f"versie 4 (concept), kenmerk {mark}"
    assert made.plan(number=4).status == made.plan().status == "CONCEPT – niet bekrachtigd"
    approved = made.plan(approval=APPROVAL)
    assert approved.status == "Goedgekeurd door K. Smit, arts, op 22 november 2026 – versie 3"
    assert (approved.edition, approved.number) == (f"versie 3, kenmerk {mark}", 3)


def test_the_field_with_the_version_names_it(review):
    plan = review({}).plan(approval=APPROVAL)
    fixed = [field.fixed for chapter in plan.chapters for field in chapter.fields if field.id == "versie"]
    assert fixed == [f"versie 3, kenmerk {plan.fingerprint}, sjabloon izp {plan.version}"]


def test_nothing_that_an_approved_plan_says_of_itself_calls_it_a_draft(review):
    lines = [words for chapter in review({}).plan(approval=APPROVAL).chapters for _, words in chapter.lines]
    assert not any("concept" in words for words in lines)
    drafted = [words for chapter in review({}).plan().chapters for _, words in chapter.lines]
    assert any("Dit concept kiest niet." in words for words in drafted)
