LIMIT = {"topics": ("resuscitation",), "quote": "niet reanimeren"}


def quotes(section):
    return [entry.words for group in section.groups for entry in group.entries]


def test_a_statement_tells_why_it_is_there(review):
    assert review({}).entry().because == ("a.cue",)


def test_a_statement_is_the_machines_until_a_reader_touches_it(review):
    made = review({}, {}, {}, {})
    made.does("edit", "s2", "anders")
    made.does("confirm", "s3")
    made.does("reject", "s4")
    assert [entry.state for entry in made.plan().entries] == ["machine", "corrected", "confirmed", "rejected"]


def test_a_statement_to_review_that_is_confirmed_stands_where_the_rules_put_it(review):
    made = review({}, {"quote": "met opa vissen", "domains": ("sociaal",)}, to_review=1)
    assert made.plan().to_review.first
    made.does("confirm", "s2")
    assert quotes(made.section("sociaal")) == ["met opa vissen"]
    assert made.plan().to_review.first == ()


def test_what_was_taken_over_stays_in_the_plan_when_it_is_changed_later(review):
    made = review({}, {}, to_review=1)
    made.does("confirm", "s2")
    made.does("edit", "s2", "met oma")
    assert (made.entry("s2").home, made.entry("s2").confirmed) == ("fysiek", ())


def test_confirmations_of_nurse_and_physician_are_kept_apart(review):
    made = review({})
    made.does("confirm", "s1", author="M. Vos", function="verpleegkundige")
    made.does("confirm", "s1")
    assert [(one.by, one.function) for one in made.entry().confirmed] == [
        ("M. Vos", "verpleegkundige"),
        ("K. Smit", "arts"),
    ]


def test_a_statement_of_another_category_goes_where_that_stands(review):
    made = review({"quote": "we bellen elke week"})
    made.does("classify", "s1", "agreement", aspect="category")
    assert made.entry().home == "afspraken"
    assert (made.entry().change, made.entry().quoted) == ("classify", True)


def test_each_aspect_can_be_set_by_itself(review):
    made = review({})
    for aspect, value in (
        ("category", "goal"),
        ("perspective", "parent"),
        ("domains", "sociaal,spiritueel"),
        ("polarity", "negated"),
        ("certainty", "tentative"),
    ):
        made.does("classify", "s1", value, aspect=aspect)
    entry = made.entry()
    assert (entry.category, entry.perspective, entry.domains) == ("goal", "parent", ("sociaal", "spiritueel"))
    assert (entry.polarity, entry.certainty) == ("negated", "tentative")


def test_how_a_reader_reads_new_words_holds_and_how_the_old_ones_were_read_does_not(review):
    made = review({"polarity": "negated"})
    made.does("classify", "s1", "tentative", aspect="certainty")
    made.does("edit", "s1", "wel naar huis")
    assert (made.entry().polarity, made.entry().certainty) == ("affirmed", "firm")
    made.does("classify", "s1", "negated", aspect="polarity")
    assert made.entry().polarity == "negated"


def test_words_chosen_from_the_source_are_a_quote_with_its_place(review):
    made = review({})
    place = {"turn": 1, "start": made.conversation.text.index("ik mis Tim")}
    place["end"] = place["start"] + len("ik mis Tim")
    made.does("add", "sociaal", "ik mis Tim", place=place)
    entry = made.entry("c1")
    assert (entry.quoted, entry.place.turn, entry.speaker, entry.change) == (True, 1, "Mila", "add")
    assert made.plan().unused[0].count == 0
    assert [each.pieces for each in made.plan().unquoted] == []
    assert any(entry in source.entries for source in made.plan().sources)


def test_words_that_do_not_stand_at_their_place_are_no_quote(review):
    made = review({})
    made.does("add", "sociaal", "ik mis Sem", place={"turn": 1, "start": 15, "end": 25})
    made.does("add", "sociaal", "ik mis Sem", place={"turn": 9, "start": 15, "end": 25})
    assert [(entry.quoted, entry.place) for entry in made.plan().entries[1:]] == [(False, None)] * 2


def test_a_chosen_quote_counts_once_it_is_told_whose_and_what_it_is(review):
    made = review({"perspective": "parent"})
    start = made.conversation.text.index("ik mis Tim")
    made.does("add", "sociaal", "ik mis Tim", place={"turn": 1, "start": start, "end": start + 10})
    assert "Kind" in made.plan().questions[0].about
    for aspect, value in (("perspective", "child"), ("category", "value"), ("domains", "sociaal")):
        made.does("classify", "c1", value, aspect=aspect)
    assert "Kind" not in made.plan().questions[0].about
    assert quotes(made.section("sociaal")) == ["ik mis Tim"]
    assert quotes(made.section("wie-is")) == ["ik mis Tim"]


def test_a_folded_statement_is_read_below_the_other_and_not_beside_it(review):
    made = review({"quote": "naar huis"}, {"quote": "liever thuis"})
    made.does("merge", "s2", "s1")
    assert quotes(made.section("fysiek")) == ["naar huis"]
    assert [entry.words for entry in made.entry().folded] == ["liever thuis"]
    assert (made.entry("s2").change, made.entry("s2").home) == ("merge", "fysiek")


def test_of_a_chain_of_folded_statements_the_last_one_holds_all(review):
    made = review({}, {}, {})
    made.does("merge", "s1", "s2")
    made.does("merge", "s2", "s3")
    assert [entry.id for entry in made.entry("s3").folded] == ["s1", "s2"]


def test_statements_folded_into_each_other_leave_the_one_that_was_named_last(review):
    made = review({}, {})
    made.does("merge", "s1", "s2")
    made.does("merge", "s2", "s1")
    assert [entry.id for entry in made.entry("s1").folded] == ["s2"]
    assert made.entry("s2").folded == ()


def test_what_was_folded_into_a_statement_that_is_struck_out_stands_by_itself_again(review):
    made = review({"quote": "naar huis"}, {"quote": "liever thuis"}, {"quote": "thuis"})
    made.does("merge", "s3", "s2")
    made.does("merge", "s2", "s1")
    made.does("reject", "s1")
    assert quotes(made.section("fysiek")) == ["liever thuis"]
    assert [entry.words for entry in made.entry("s2").folded] == ["thuis"]


def test_what_was_folded_into_words_that_were_taken_back_stands_by_itself_again(review):
    made = review({"quote": "naar huis"})
    made.does("add", "sociaal", "wil naar huis")
    made.does("merge", "s1", "c1")
    assert [entry.id for entry in made.entry("c1").folded] == ["s1"]
    made.does("undo", "c1")
    assert quotes(made.section("fysiek")) == ["naar huis"]


def test_a_treatment_of_a_folded_statement_keeps_its_row(review):
    made = review({"quote": "naar huis"}, LIMIT)
    made.does("merge", "s2", "s1")
    assert quotes(made.section("reanimatie")) == ["niet reanimeren"]


def test_what_a_parent_said_stays_in_the_parents_column_when_it_is_folded(review):
    made = review({"category": "goal"}, {"category": "goal", "perspective": "parent"})
    made.does("merge", "s2", "s1")
    assert [group.perspective for group in made.section("toekomst").groups] == ["child", "parent"]


def test_a_statement_folded_into_one_to_review_stays_in_the_plan(review):
    made = review({"quote": "naar huis"}, {}, to_review=1)
    made.does("merge", "s1", "s2")
    assert quotes(made.section("fysiek")) == ["naar huis"]


def test_a_ratified_limit_tells_who_ratified_it(review):
    made = review(LIMIT)
    made.does("ratify", "s1")
    ratified = made.entry().ratified
    assert (ratified.by, ratified.function, made.entry().state) == ("K. Smit", "arts", "confirmed")


def test_a_split_statement_is_whole_again_when_the_act_is_taken_back(review):
    made = review({"quote": "naar huis en slapen"})
    made.does("reject", "s1", act="a1")
    for words in ("naar huis", "slapen"):
        start = made.conversation.text.index(words)
        place = {"turn": 0, "start": start, "end": start + len(words)}
        made.does("add", "fysiek", words, place=place, act="a1")
    assert quotes(made.section("fysiek")) == ["naar huis", "slapen"]
    made.does("undo", "a1")
    assert quotes(made.section("fysiek")) == ["naar huis en slapen"]
    assert [entry.id for entry in made.plan().entries] == ["s1"]


def test_a_flag_of_a_folded_statement_still_leads_to_it(review):
    made = review({}, {}, flags=[{"type": "conflict", "statements": ("s2",)}])
    made.does("merge", "s2", "s1")
    (point,) = made.plan().points
    assert ([entry.id for entry in point.entries], point.resolved) == (["s2"], None)
    assert made.entry().folded[0].items == (1,)
