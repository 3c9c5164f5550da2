// What to cite: the method, and what the recipe names.

export interface Citation {
  text: string;
  url: string | null;
}

export const methodCitation: Citation = {
  text:
    "V. S. Pérez-Díaz, J. R. Martínez-Galarza, A. Caicedo, R. D'Abrusco, Unsupervised machine " +
    "learning for the classification of astrophysical X-ray sources, MNRAS 2024, arXiv:2401.12203",
  url: "https://arxiv.org/abs/2401.12203",
};
