"""scikit-learn's classifiers on the folds of `uhuru validate`: for bench/classes and bench/missions."""
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

# Name -> how to make it from a seed, and whether it needs gaps filled.
LEARNERS = {
    "random forest": (lambda seed: RandomForestClassifier(
        300, class_weight="balanced", random_state=seed, n_jobs=-1), True),
    "boosted trees": (lambda seed: HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.05, max_leaf_nodes=8, l2_regularization=5,
        random_state=seed), False)}


def held_out(name, rows, values, truth, weights, classes):
    """Probabilities (rows x classes) of rows of one repeat, each by a learner trained without its
    fold. Gaps are filled with the medians of the training part, for learners that need it."""
    make, fill = LEARNERS[name]
    p = np.zeros((len(rows), classes))
    for fold in range(5):
        test = (rows.fold == fold).to_numpy()
        data = values
        if fill:
            data = np.where(np.isnan(values), np.nanmedian(values[~test], 0), values)
        model = make(int(rows["repeat"].iloc[0])).fit(data[~test], truth[~test],
                                                      sample_weight=weights[~test])
        p[np.ix_(test, model.classes_)] = model.predict_proba(data[test])
    return p
