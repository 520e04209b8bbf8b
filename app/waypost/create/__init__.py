"""Creating: what a golden path wants is compared with what is there, and the difference is applied. Resumes and undoes."""
