"""Creating a repository: what a golden path wants, compared with what is there, is applied. Resumes and undoes."""
