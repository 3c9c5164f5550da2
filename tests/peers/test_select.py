"""uhuru select against scikit-learn: BIC, AIC and silhouettes for every number of components."""

import pathlib
import unittest

import numpy as np
import pandas as pd
from astropy.table import Table
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture

import oracle
from support import scratch, uhuru


class SelectTest(unittest.TestCase):
    def test_criteria_are_those_of_scikit_learn(self):
        with scratch() as folder:
            folder = pathlib.Path(folder)
            uhuru("simulate", "--rows", 6000, "--seed", 5, "--out", folder / "drawn.vot", "--quiet")
            uhuru("select", folder / "drawn.vot", "--to", 7, "--starts", 3, "--out",
                  folder / "criteria.csv", "--quiet")
            criteria = pd.read_csv(folder / "criteria.csv", float_precision="round_trip")
            detections = Table.read(folder / "drawn.vot").to_pandas()
            detections = detections[detections["flux_significance_b"] > 5]
            scaled = oracle.scale(oracle.add_features(detections))
            for row in criteria.itertuples():
                with self.subTest(components=row.components):
                    mixture = GaussianMixture(row.components, n_init=3, random_state=42).fit(scaled)
                    self.assertEqual(row.iterations, mixture.n_iter_)
                    np.testing.assert_allclose(row.bic, mixture.bic(scaled), rtol=1e-9)
                    np.testing.assert_allclose(row.aic, mixture.aic(scaled), rtol=1e-9)
                    if row.components == 1:
                        self.assertTrue(np.isnan(row.silhouette))
                    else:
                        score = silhouette_score(scaled, mixture.predict(scaled))
                        self.assertAlmostEqual(row.silhouette, score, delta=1e-9)
            np.testing.assert_allclose(criteria["bic_gradient"], np.gradient(criteria["bic"]))


if __name__ == "__main__":
    unittest.main()
