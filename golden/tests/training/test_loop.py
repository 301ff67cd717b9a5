"""Whole trainings on the small digits: they learn, they resume to the same bytes, and they refuse bad plans."""

from dataclasses import replace

import numba
import numpy as np
import pytest

from first_spike.golden.data.catalogue import load
from first_spike.golden.data.dataset import Dataset
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.training import checkpoint, defaults
from first_spike.golden.training.loop import Stopped, Training, rounded, source_text
from first_spike.golden.training.plan import Plan

DECISION = Plan(dataset="digits", rule="decision", hidden=(48,), steps=16, bits=(4, 4), epochs=40, finetune=8, seed=1,
                held_out=150, most_silent=0.05, augmentation="digits", finetune_rates=(1e-3, 3e-4),
                options=(("batch", 16), ("hidden_rate", 2e-3), ("output_rate", 1e-3)))
S4NN = replace(DECISION, rule="s4nn", steps=64, finetune=3, augmentation="none", options=())


@pytest.fixture(scope="module")
def digits():
    pytest.importorskip("sklearn")
    return load("digits")


@pytest.mark.parametrize("plan, least", [(replace(DECISION, seed=2), 0.88), (S4NN, 0.75),
                                         (replace(DECISION, seed=2, hidden=(48, 32), bits=(4, 3, 4)), 0.85)])
def test_learns_digits(digits, plan, least):
    result = Training(plan, digits).run()
    for network, run in ((result.float_network, float_infer), (result.network, infer)):
        found = run(network, digits.test_images)
        accuracy = np.mean(found.classes == digits.test_labels)
        assert accuracy >= least
        assert network.accuracy["accuracy"] == accuracy
        assert network.accuracy["silent"] == found.silent.mean() and network.accuracy["ties"] == found.tie.mean()
        assert network.sizes == (*plan.hidden, 10) and network.steps == plan.steps
    assert [layer.weight_bits for layer in result.network.layers] == list(plan.bits)
    assert len(result.history) == plan.epochs + plan.finetune


@pytest.mark.parametrize("change, epochs", [({}, "40 + 8 epochs"), ({"bits": None}, "40 epochs")])
def test_only_epochs_that_there_were_are_said(digits, change, epochs):
    made = source_text(replace(DECISION, **change), digits)
    assert made == f"trained on digits by the decision rule: 48 hidden, {epochs}, seed 1"


def bytes_of(result, folder):
    contents = []
    for network in (result.float_network, result.network):
        network.save(folder / "network.npz")
        contents.append((folder / "network.npz").read_bytes())
    return contents


@pytest.mark.parametrize("plan, stops", [(DECISION, (30, 170, 290)), (S4NN, (1, 5, 26))])
def test_resumed_equals_unbroken(digits, tmp_path, plan, stops):
    """Stopped within an epoch, at its end, and while fine-tuning; on one thread or on several."""
    plan = replace(plan, epochs=3 if plan.rule == "decision" else 6, finetune=2)
    unbroken, result = Training(plan, digits).run(), resumed(plan, digits, tmp_path / "checkpoint", stops)
    assert bytes_of(result, tmp_path) == bytes_of(unbroken, tmp_path)
    assert result.history == unbroken.history


def resumed(plan, digits, path, stops):
    """The Result of a training that is stopped after each of these numbers of batches, all on one thread."""
    batches, resume = [0], False
    threads = numba.get_num_threads()

    def stop():
        batches[0] += 1
        return batches[0] in stops

    while True:
        numba.set_num_threads(1)
        try:
            result = Training(plan, digits, path, stop=stop).run(resume)
            break
        except Stopped:
            resume = True
        finally:
            numba.set_num_threads(threads)
    assert batches[0] > max(stops)
    return result


def stopped_checkpoint(digits, path, plan=DECISION):
    with pytest.raises(Stopped):
        Training(plan, digits, path, stop=lambda: True).run()
    return path


def test_checkpoint_of_another_training(digits, tmp_path):
    path = stopped_checkpoint(digits, tmp_path / "checkpoint")
    with pytest.raises(UserError, match=r"belongs to another training: its seed is 1, this one has 2"):
        Training(replace(DECISION, seed=2), digits, path).run(resume=True)
    with pytest.raises(UserError, match=r"its hidden is \[48\], this one has \[40\]"):
        Training(replace(DECISION, hidden=(40,)), digits, path).run(resume=True)


def test_a_checkpoint_that_no_training_wrote(digits, tmp_path):
    path = stopped_checkpoint(digits, tmp_path / "checkpoint")
    position, arrays = checkpoint.load(path, DECISION.as_dict())
    for change in ({"phase": "rest"}, {"index": -1}, {"epoch": "1"}, {"tally": {}}, {"history": None}):
        checkpoint.save(path, DECISION.as_dict(), position | change, arrays)
        with pytest.raises(UserError, match="does not say where its training stopped"):
            Training(DECISION, digits, path).run(resume=True)
    checkpoint.save(path, DECISION.as_dict(), position | {"phase": "finetune"}, arrays)
    with pytest.raises(UserError, match="array float0 is missing or has another shape"):
        Training(DECISION, digits, path).run(resume=True)
    checkpoint.save(path, ["plan"], position, arrays)
    with pytest.raises(UserError, match="is not a checkpoint of a training"):
        Training(DECISION, digits, path).run(resume=True)


def test_damaged_checkpoints(digits, tmp_path):
    path = stopped_checkpoint(digits, tmp_path / "checkpoint")
    position, arrays = checkpoint.load(path, DECISION.as_dict())
    broken = {name: np.full_like(array, np.nan) if name == "weights0" else array for name, array in arrays.items()}
    checkpoint.save(path, DECISION.as_dict(), position, broken)
    with pytest.raises(UserError, match="array weights0 holds values that are not finite"):
        Training(DECISION, digits, path).run(resume=True)
    checkpoint.save(path, DECISION.as_dict(), position, {"weights0": arrays["weights0"]})
    with pytest.raises(UserError, match="is missing or has another shape"):
        Training(DECISION, digits, path).run(resume=True)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UserError, match="truncated"):
        Training(DECISION, digits, path).run(resume=True)
    with pytest.raises(UserError, match="there is no checkpoint .*none to resume from"):
        Training(DECISION, digits, tmp_path / "none").run(resume=True)
    network_file = tmp_path / "network.npz"
    Training(replace(DECISION, epochs=1, finetune=1), digits).run().network.save(network_file)
    with pytest.raises(UserError, match="is not a checkpoint of a training"):
        Training(DECISION, digits, network_file).run(resume=True)


@pytest.mark.parametrize("change, message", [
    ({"rule": "hebb"}, "there is no rule 'hebb'; choose from decision, s4nn"),
    ({"hidden": ()}, "at least one hidden layer is needed"),
    ({"hidden": (8, 10 ** 20)}, f"'{10 ** 20}' is no number of neurons or channels from 1 to 65536"),
    ({"steps": 12}, "steps must be a power of two from 2 to 256, found 12"),
    ({"epochs": 0}, "at least one epoch is needed, found 0"),
    ({"finetune": -1}, "epochs at few bits cannot be negative, found -1"),
    ({"seed": -1}, "a seed is a whole number from 0 on, found -1"),
    ({"finetune_rates": (1e-3, float("nan"))},
     "a learning rate at few bits must be a number from 0 on, at most 1e.09, found nan"),
    ({"most_silent": 1.5}, "must lie between 0 and 1, found 1.5"),
    ({"held_out": 0}, "at least one held-out image is needed"),
    ({"scales": (1.0,)}, "scales are one number between 0 and 100 for each of 2 layers, found 1.0"),
    ({"scales": (1.0, 0.0)}, "scales are one number between 0 and 100 for each of 2 layers, found 1.0 0.0"),
    ({"augmentation": "noise"}, "there is no augmentation 'noise'; choose from none, digits"),
])
def test_bad_plans(change, message):
    with pytest.raises(UserError, match=message):
        replace(DECISION, **change)


@pytest.mark.parametrize("name, value, message", [
    ("batch", 0, "batch must be a number above 0, at most 1e.09, found 0"),
    ("batch", 2.5, "batch must be a whole number, found 2.5"),
    ("batch", float("inf"), "batch must be a number above 0, at most 1e.09, found inf"),
    ("temperature", 0, "temperature must be a number above 0"),
    ("hidden_rate", -1, "hidden_rate must be a number from 0 on, at most 1e.09, found -1"),
    ("decay", float("nan"), "decay must be .* found nan"),
    ("hidden_rate", 1e300, "hidden_rate must be a number from 0 on, at most"),
    ("endless", 1.1, "endless must lie between 0 and 1, found 1.1"), ("final", float("nan"),
                                                                      "final must lie between 0 and 1, found nan"),
])
def test_settings_out_of_range(name, value, message):
    with pytest.raises(UserError, match=message):
        replace(DECISION, options=((name, value),)).settings()


def test_no_setting_of_python():
    with pytest.raises(UserError, match="has no setting '__init__'"):
        replace(DECISION, options=(("__init__", 1.0),)).settings()


def test_unknown_setting():
    with pytest.raises(UserError, match="the rule s4nn has no setting 'batch'; it has decay, final, gamma"):
        replace(S4NN, options=(("batch", 3),)).settings()


def test_held_out_leaves_nothing(digits):
    with pytest.raises(UserError, match="1437 held-out images leave nothing of the 1437 training images"):
        Training(replace(DECISION, held_out=1437), digits)


def test_test_images_do_not_matter(digits):
    """Networks are the same whatever the test set holds: nothing is chosen on it."""
    plan = replace(DECISION, epochs=2, finetune=1)
    other = Dataset(digits.train_images, digits.train_labels, digits.test_images[:9] // 2, digits.test_labels[:9],
                    digits.classes, digits.name)
    ours, theirs = Training(plan, digits).run(), Training(plan, other).run()
    assert ours.network.sha256 == theirs.network.sha256 and ours.float_network.sha256 == theirs.float_network.sha256


def test_only_large_layers_are_rounded():
    """Eight output weights of which two sums decide: 53.6 + 45.6 stays below 100, 55.2 + 45.3 exceeds it."""
    small = np.array([[45.61, 45.34], [143.62, 4.93], [32.33, 27.74], [53.6, 55.23]], np.float32)
    assert np.array_equal(rounded(small), small)
    large = np.random.default_rng(1).normal(0, 1, (100, 10)).astype(np.float32)
    assert np.array_equal(rounded(large) * 32, np.rint(large * 32))
    assert np.array_equal(rounded(large).astype(np.float16).astype(np.float32), rounded(large))
    for unit in (2.0 ** 20, 2.0 ** -20):  # beyond half precision
        assert np.array_equal(rounded(large * np.float32(unit)), rounded(large) * np.float32(unit))


def usual_plan(name, data, hidden, epochs=None):
    """What scripts/train.py does on a data set of few images where nothing else is asked for."""
    held = defaults.held_out(len(data.train_images))
    count = len(data.train_images) - held
    epochs = epochs or defaults.epochs(count)
    return Plan(name, "decision", (hidden,), 16, (4, 4), epochs, epochs // 5, 1, held, 0.025,
                defaults.augmentation(name, count), defaults.finetune_rates(count),
                tuple(defaults.settings(count).items()))


@pytest.mark.thorough
def test_few_images_train_well_by_default(digits):
    """Seeds 1 to 7 give 94.2 to 96.4 % of the 360 test images."""
    result = Training(usual_plan("digits", digits, 400), digits).run()
    assert result.network.accuracy["accuracy"] >= 0.94 and result.network.accuracy["silent"] <= 0.03


@pytest.mark.thorough
def test_a_folder_of_few_pictures_trains_well_by_default(digits, tmp_path):
    """The digits again, as pictures that nothing is known of; without deformed images it is 94 %."""
    image = pytest.importorskip("PIL.Image")
    for part, images, labels in (("train", digits.train_images, digits.train_labels),
                                 ("test", digits.test_images, digits.test_labels)):
        for number, (picture, label) in enumerate(zip(images, labels)):
            folder = tmp_path / part / digits.classes[label]
            folder.mkdir(parents=True, exist_ok=True)
            image.fromarray(picture).save(folder / f"{number}.png")
    pictures = load(f"folder:{tmp_path}", image_shape=(8, 8))
    result = Training(usual_plan(f"folder:{pictures.name}", pictures, 400), pictures).run()
    assert result.network.accuracy["accuracy"] >= 0.95 and result.network.accuracy["silent"] <= 0.03


def test_a_short_training_of_few_neurons_is_about_as_good_as_logistic_regression(digits):
    linear = pytest.importorskip("sklearn.linear_model").LogisticRegression(max_iter=5000)
    flat = [images.reshape(-1, 64) / 255 for images in (digits.train_images, digits.test_images)]
    least = linear.fit(flat[0], digits.train_labels).score(flat[1], digits.test_labels) - 0.03
    result = Training(usual_plan("digits", digits, 32, 20), digits).run()
    assert min(result.network.accuracy["accuracy"], result.float_network.accuracy["accuracy"]) >= least


@pytest.mark.parametrize("rule, phase", [("decision", "float"), ("decision", "finetune"), ("s4nn", "float")])
def test_progress_and_history_show_what_the_result_will_be(digits, rule, phase):
    plan = replace(DECISION if rule == "decision" else S4NN, epochs=4, finetune=3)
    shown = []
    training = Training(plan, digits, progress=lambda name, epoch, epochs, tally, images, found:
                        found and shown.append((name, epoch + 1, found.accuracy, found.silent)))
    result = training.run()
    assert shown == [(entry["phase"], entry["epoch"], entry["held_out_accuracy"], entry["held_out_silent"])
                     for entry in result.history]
    network, run = (result.float_network, float_infer) if phase == "float" else (result.network, infer)
    found = run(network, training.held_images)
    assert [entry[2:] for entry in shown if entry[0] == phase][-1] == (np.mean(found.classes == training.held_labels),
                                                                       found.silent.mean())


@pytest.mark.parametrize("plan, rate", [(DECISION, 1e8), (S4NN, 1e7), (S4NN, 1e9)])
def test_a_training_that_diverges(digits, plan, rate):
    shown = []
    with pytest.raises(UserError, match="diverges: in epoch 1 a weight is .*; lower hidden_rate and output_rate"):
        Training(replace(plan, options=(("hidden_rate", rate), ("output_rate", rate))), digits,
                 progress=lambda *figures: shown.append(figures[1])).run()
    assert set(shown) == {0}
